/** The files of a model folder. */
export const modelFile = 'model.onnx';
/** As large as an ONNX file can be: protobuf's limit. */
export const mostModelBytes = 2 ** 31;
/** What Millwright says of its own models. */
export const descriptionFile = 'millwright.json';
