/** Which file system a path lies on, from the table of mounts that Linux keeps. Pure. */
import { isInside } from '../../base/files.ts';

export interface Mount {
  readonly point: string;
  /** `ext4`, `nfs4`, `overlay`, … */
  readonly type: string;
  readonly network: boolean;
}

const networkTypes = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  '9p',
  'afs',
  'ceph',
  'glusterfs',
  'lustre',
  'beegfs',
  'gpfs',
  'virtiofs',
]);
const networkFuse = /^fuse\.(sshfs|rclone|s3fs|gcsfuse|goofys|davfs|glusterfs|ceph.*|blobfuse2?)$/;

/**
 * The mount with the longest point above the path, the later of two with the same point.
 * @param table the text of /proc/self/mounts
 */
export function findMount(table: string, path: string): Mount | undefined {
  let best: Mount | undefined;
  for (const line of table.split('\n')) {
    const [, escapedPoint, type] = line.split(' ');
    if (escapedPoint === undefined || type === undefined) continue;
    const point = unescapeOctal(escapedPoint);
    if (!isInside(point, path) || (best !== undefined && point.length < best.point.length)) continue;
    best = { point, type, network: networkTypes.has(type) || networkFuse.test(type) };
  }
  return best;
}

/** Spaces, tabs, line breaks and backslashes stand there as octal escapes. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
