//! What is left of the secret, and of the key prepared from it, in the memory of a program that has dropped its client:
//! nothing.
//!
//! A program of its own is started, which reads the secret from a file, asks a sandbox, drops all it has, and waits. gdb's
//! gcore takes its memory before and after. A dump that cannot be taken is a failure where CI=true, and said otherwise.

use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use faceid_sandbox::Sandbox;
use faceid_types::{Config, Credentials, GetBizToken};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// What holds the secret: the pair alone, or a client after a call.
const HOLDERS: [&str; 3] = ["credentials", "blocking", "async"];
const API_KEY: &str = "fake-key";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let done = match (arguments.next().as_deref(), arguments.next()) {
        (Some("hold"), Some(holder)) => hold(&holder),
        _ if !cfg!(target_os = "linux") => {
            eprintln!("core_dump: left out: gcore takes dumps on Linux");
            Ok(())
        }
        _ => HOLDERS.into_iter().try_for_each(check),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("core_dump: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The program that is dumped.
fn hold(holder: &str) -> Result {
    let request = GetBizToken::new("fake-scene").uuid("user-1");
    match holder {
        "credentials" => {
            let config = Config::from_env()?;
            stop_at("holds")?;
            drop(config);
        }
        "blocking" => {
            let client = faceid_blocking::Client::new(Config::from_env()?)?;
            client.send(&request)?;
            stop_at("holds")?;
            drop(client);
        }
        "async" => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let client = faceid_async::Client::new(Config::from_env()?)?;
            runtime.block_on(client.send(&request))?;
            stop_at("holds")?;
            drop(client);
            drop(runtime);
        }
        other => return Err(format!("no holder {other}").into()),
    }
    stop_at("dropped")
}

/// Says where it is, and waits for a line.
fn stop_at(point: &str) -> Result {
    println!("{point}");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

fn check(holder: &str) -> Result {
    let secret = random_text()?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("core-dump").join(holder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let file = folder.join("secret");
    fs::write(&file, format!("{secret}\n"))?;
    // It has the secret too, and is another process.
    let server = Sandbox::builder().key(Credentials::new(API_KEY, &secret)?).start()?;
    let mut program = Command::new(std::env::current_exe()?)
        .args(["hold", holder])
        .env("FACEID_API_KEY", API_KEY)
        .env("FACEID_API_SECRET_FILE", &file)
        .env("FACEID_BASE_URL", server.url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let found = dumped_twice(&mut program, &folder, &secret);
    program.kill()?;
    program.wait()?;
    fs::remove_dir_all(&folder)?;
    let Some([held, left]) = found? else { return Ok(()) };
    for form in ["itself", "the inner state", "the outer state"] {
        if !held.contains(&form) {
            return Err(
                format!("{holder}: {form} is not found while it is held, so this test sees nothing").into()
            );
        }
    }
    if !left.is_empty() {
        return Err(
            format!("{holder}: of the secret that was dropped there is still {}", left.join(", ")).into()
        );
    }
    println!("core_dump: {holder}: held as {}; once it is dropped, as nothing", held.join(", "));
    Ok(())
}

/// What of the secret is found while the program holds it, and after it dropped it. `None` where no dump can be taken.
fn dumped_twice(program: &mut Child, folder: &Path, secret: &str) -> Result<Option<[Vec<&'static str>; 2]>> {
    let mut said = BufReader::new(program.stdout.take().ok_or("no stdout")?).lines();
    let mut found = Vec::new();
    for point in ["holds", "dropped"] {
        let line = said.next().ok_or_else(|| format!("the program ended before it {point}"))??;
        if line != point {
            return Err(format!("{line} where it should be at {point}").into());
        }
        let Some(dump) = dump(program.id(), folder)? else { return Ok(None) };
        found.push(forms_in(&fs::read(&dump)?, secret.as_bytes()));
        fs::remove_file(dump)?;
        program.stdin.as_mut().ok_or("no stdin")?.write_all(b"\n")?;
    }
    Ok(found.try_into().ok())
}

fn dump(process: u32, folder: &Path) -> Result<Option<PathBuf>> {
    let (strict, process) = (std::env::var("CI").is_ok_and(|ci| ci == "true"), process.to_string());
    let taken = Command::new("gcore").arg("-o").arg(folder.join("core")).arg(&process).output();
    let file = folder.join(format!("core.{process}"));
    let problem = match taken {
        Ok(output) if output.status.success() && file.is_file() => return Ok(Some(file)),
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    if strict {
        return Err(format!("no dump can be taken, and CI=true leaves nothing out: {problem}").into());
    }
    eprintln!("core_dump: left out: gcore cannot take a dump: {problem}");
    Ok(None)
}

/// In which forms the secret stands there: as it is, in part, as HMAC mixes it with its two pads, or as the states that
/// SHA-1 has after those, which are enough to sign: their first words, in order or, as registers hold them, from behind.
fn forms_in(memory: &[u8], secret: &[u8]) -> Vec<&'static str> {
    let padded = |pad: u8| secret.iter().map(|byte| byte ^ pad).collect::<Vec<_>>();
    let state = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(secret).for_each(|(padded, byte)| *padded ^= byte);
        let mut state = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
        sha1::block_api::compress(&mut state, &[block]);
        state[..4].to_vec()
    };
    let forward = |pad: u8| state(pad).into_iter().flat_map(u32::to_ne_bytes).collect::<Vec<_>>();
    let backward = |pad: u8| state(pad).into_iter().rev().flat_map(u32::to_ne_bytes).collect::<Vec<_>>();
    let (first, second) = secret.split_at(secret.len() / 2);
    let forms = [
        ("itself", secret.to_vec()),
        ("its first half", first.to_vec()),
        ("its second half", second.to_vec()),
        ("the inner pad", padded(0x36)),
        ("the outer pad", padded(0x5C)),
        ("the inner state", forward(0x36)),
        ("the outer state", forward(0x5C)),
        ("the inner state from behind", backward(0x36)),
        ("the outer state from behind", backward(0x5C)),
    ];
    let held = |form: &[u8]| memory.windows(form.len()).any(|window| window == form);
    forms.iter().filter(|(_, form)| held(form)).map(|(name, _)| *name).collect()
}

/// 32 characters that stand nowhere else.
fn random_text() -> Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
