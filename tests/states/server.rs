//! A PostgreSQL server for tests: in a temporary folder, on loopback, gone when the tests end.

use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const USER: &str = "wavewright";

/// Waits for the end of the tests, whatever ends them, and ends the server: their end closes the
/// pipe that is stdin here. The server gets the arguments after the folder that it lives in.
const KEEPER: &str = r#"
folder=$1; shift
"$@" &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$folder"
"#;

/// What the tests call; a folder of links may have some of them only.
const PROGRAMS: [&str; 4] = ["initdb", "postgres", "createdb", "pg_isready"];

struct Server {
    programs: PathBuf,
    port: u16,
    databases: AtomicUsize,
    _keeper: Child,
}

/// Makes a database and returns its URL.
pub fn new_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(Server::start);
    let name = format!("state{}", server.databases.fetch_add(1, Ordering::Relaxed));
    let made = server.client("createdb").arg(&name).output().unwrap();
    assert!(made.status.success(), "createdb: {}", text(&made));
    format!("postgres://{USER}@127.0.0.1:{}/{name}", server.port)
}

impl Server {
    fn start() -> Server {
        let programs = programs();
        let user = user();
        // A port that is free now may be taken before the server has it: then another one.
        std::iter::repeat_with(|| Server::start_on_some_port(&programs, user.as_ref()))
            .find_map(|server| server)
            .expect("it goes on until there is one")
    }

    /// Starts a server; nothing where another program took the port.
    fn start_on_some_port(programs: &Path, user: Option<&User>) -> Option<Server> {
        let folder = tempfile::Builder::new().prefix("wavewright-postgres-").tempdir().unwrap();
        // The keeper removes it.
        let folder = folder.keep();
        if let Some(user) = user {
            std::os::unix::fs::chown(&folder, Some(user.id), Some(user.group)).unwrap();
        }
        let data = folder.join("data");
        let made = as_user(user, &programs.join("initdb"))
            .args(["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "--username"])
            .arg(USER)
            .arg("-D")
            .arg(&data)
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", text(&made));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let command = as_user(user, &programs.join("postgres"));
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&folder)
            .arg(command.get_program())
            .args(command.get_args())
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", "fsync=off", "-c", &format!("port={port}")])
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let (programs, databases) = (programs.to_owned(), AtomicUsize::new(0));
        let server = Server { programs, port, databases, _keeper: keeper };
        server.is_ready(&folder).then_some(server)
    }

    /// Waits until the server answers; says no where another program has its port.
    fn is_ready(&self, folder: &Path) -> bool {
        loop {
            let mut log = String::new();
            let mut file = std::fs::File::open(folder.join("log")).unwrap();
            file.read_to_string(&mut log).unwrap();
            if log.contains("could not bind") {
                return false;
            }
            assert!(!log.contains("FATAL:  ") || log.contains("starting up"), "postgres: {log}");
            if self.client("pg_isready").output().unwrap().status.success() {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.args(["-h", "127.0.0.1", "-U", USER, "-p", &self.port.to_string()]);
        command
    }
}

/// The folder of the server's programs, as `scripts/postgres` finds it.
fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("POSTGRES_BIN") {
        return folder.into();
    }
    let has_server = |folder: &PathBuf| PROGRAMS.iter().all(|name| folder.join(name).is_file());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for (root, start) in
        [("/usr/lib/postgresql", ""), ("/usr", "pgsql-"), ("/opt/homebrew/opt", "postgresql")]
    {
        let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
        let entries =
            entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start));
        folders.extend(entries.map(|entry| entry.path().join("bin")));
    }
    folders.into_iter().find(has_server).unwrap_or_else(|| {
        panic!(
            "these tests run on PostgreSQL, and there is none: run scripts/postgres, or set the \
             variable POSTGRES_BIN to the folder of initdb, postgres, createdb and pg_isready"
        )
    })
}

/// Somebody as whom the server can run.
struct User {
    id: u32,
    group: u32,
}

/// The user that stands in for root, as whom PostgreSQL does not run; nothing for anyone else.
fn user() -> Option<User> {
    let number = |args: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse().ok()
    };
    if number(&["-u"]) != Some(0) {
        return None;
    }
    let user = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some(User { id: number(&["-u", name])?, group: number(&["-g", name])? }));
    Some(user.expect("there is a user postgres or nobody, since PostgreSQL does not run as root"))
}

/// A program as another user.
fn as_user(user: Option<&User>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={}", user.id)).arg(format!("--regid={}", user.group));
    command.args(["--clear-groups", "--"]).arg(program);
    command
}

fn text(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    format!("{}{stderr}", String::from_utf8_lossy(&output.stdout))
}
