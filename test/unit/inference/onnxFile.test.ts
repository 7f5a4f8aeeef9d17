/** What an ONNX file says of itself, and that no bytes bring the reader down. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { readOnnxFacts, readProducer } from '../../../src/engine/inference/files/onnxFile.ts';
import { classifierFile, columnsFile, externalFile, tensorPlaces } from '../../support/onnxFiles.ts';

describe('an ONNX file', () => {
  it('says what it takes and gives, its classes, and who made it', () => {
    const facts = readOnnxFacts(classifierFile({ producer: ['skl2onnx', '1.20.0'] }), 'm.onnx');
    expect(facts).toMatchObject({
      irVersion: 8,
      producer: 'skl2onnx',
      producerVersion: '1.20.0',
      opsets: { '': 17, 'ai.onnx.ml': 3 },
      domains: ['ai.onnx.ml'],
      classes: ['no', 'yes'],
      externalFiles: [],
    });
    expect(facts.inputs).toEqual([{ name: 'X', kind: 'tensor', element: 'float32', shape: [undefined, 2] }]);
    expect(facts.outputs.map(({ name, element }) => [name, element])).toEqual([
      ['label', 'string'],
      ['probabilities', 'float32'],
    ]);
    expect(readOnnxFacts(columnsFile(), 'm.onnx').inputs.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('names its maker in its first bytes', () => {
    expect(readProducer(classifierFile().subarray(0, 60))).toEqual({ producer: 'othertool', producerVersion: '1.2' });
    expect(readProducer(Uint8Array.of(0, 1, 2))).toBeUndefined();
  });

  it.each(Object.keys(tensorPlaces) as (keyof typeof tensorPlaces)[])('names the file that %s keeps its numbers in', (place) => {
    expect(readOnnxFacts(externalFile('weights.bin', place), 'm.onnx').externalFiles).toEqual(['weights.bin']);
  });

  it('is refused, and nothing else happens, whatever the bytes', () => {
    const whole = classifierFile();
    const refused = (content: Uint8Array): boolean => {
      try {
        readOnnxFacts(content, 'm.onnx');
        return true;
      } catch (error) {
        return AppError.is(error, 'inference.notOnnx');
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), refused));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => refused(whole.map((old, index) => (index === at ? byte : old)))),
    );
  });
});
