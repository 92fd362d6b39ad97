// Starts the replica set and makes its users. Run by mongosh on a member's own machine; it can be run again at any time, and then gives the
// users the passwords and rights that are written here.
const fs = require('fs');

const SET = 'yousang';
const DATABASE = 'yousang';
const MEMBERS = ['mongo1:27017', 'mongo2:27017', 'mongo3:27017'];
const PATIENCE = 90; // seconds

const secret = (name) => fs.readFileSync('/run/secrets/' + name, 'utf8').trim();
const adminPassword = secret('mongo_admin_password');

// The first member has the highest priority: it is the one that this script can make the first user on.
function start(local) {
  if (local.hello().setName) return;
  const members = MEMBERS.map((host, i) => ({ _id: i, host, priority: i === 0 ? 2 : 1 }));
  local.adminCommand({ replSetInitiate: { _id: SET, members } });
  print('replica set started');
}

function waitFor(what, condition) {
  for (let i = 0; i < PATIENCE; i++) {
    if (condition()) return;
    sleep(1000);
  }
  throw new Error(what + ': not within ' + PATIENCE + ' s');
}

function isAdmin(local) {
  try {
    return local.auth('admin', adminPassword).ok === 1;
  } catch (e) {
    return false;
  }
}

// Until there is a user, a client on the member's own machine may make one; afterwards nobody may without a password.
function makeAdmin(local) {
  if (isAdmin(local)) return;
  waitFor('the first member takes writes', () => local.hello().isWritablePrimary);
  local.createUser({ user: 'admin', pwd: adminPassword, roles: ['root'] });
  print('user admin made');
}

function ensure(db, user, pwd, roles) {
  if (db.getUser(user)) {
    db.updateUser(user, { pwd, roles });
  } else {
    db.createUser({ user, pwd, roles });
  }
  print('user ' + user + ' has the rights ' + JSON.stringify(roles));
}

const local = connect('mongodb://127.0.0.1:27017/admin?directConnection=true');
start(local);
waitFor('the set has a primary', () => local.hello().primary);
makeAdmin(local);
const set = connect('mongodb://admin:' + encodeURIComponent(adminPassword) + '@' + MEMBERS.join(',') + '/admin?replicaSet=' + SET + '&w=majority');
ensure(set, 'yousang', secret('mongo_yousang_password'), [{ role: 'readWrite', db: DATABASE }]);
ensure(set, 'backup', secret('mongo_backup_password'), [{ role: 'backup', db: 'admin' }]);
