//! The nonce: what is one, and that it comes from the operating system.

use faceid_sign::{Nonce, NonceError};

#[test]
fn a_nonce_is_one_to_ten_digits_as_given() {
    let cases: &[(&str, Result<&str, NonceError>)] = &[
        ("0", Ok("0")),
        ("0799687066", Ok("0799687066")),
        ("799687066", Ok("799687066")),
        ("9999999999", Ok("9999999999")),
        ("", Err(NonceError::Empty)),
        ("12345678901", Err(NonceError::TooLong)),
        ("-1", Err(NonceError::NotDigits)),
        ("+1", Err(NonceError::NotDigits)),
        ("1 ", Err(NonceError::NotDigits)),
        ("1e9", Err(NonceError::NotDigits)),
        ("\u{661}\u{662}", Err(NonceError::NotDigits)),
    ];
    for (digits, expected) in cases {
        assert_eq!(Nonce::new(digits).as_ref().map(Nonce::as_str), expected.as_ref().copied(), "{digits:?}");
    }
}

#[test]
fn random_nonces_are_uniform_over_ten_digits() {
    const DRAWS: u32 = 20_000;
    let mut counts = [[0_u32; 10]; 10];
    for _ in 0..DRAWS {
        let nonce = Nonce::random().unwrap();
        assert_eq!(nonce.as_str().len(), 10);
        for (place, digit) in nonce.as_str().bytes().enumerate() {
            counts[place][usize::from(digit - b'0')] += 1;
        }
    }
    // Each digit at each place is due 2 000 times; six standard deviations are about 255.
    for (place, counts) in counts.iter().enumerate() {
        assert!(counts.iter().all(|count| count.abs_diff(DRAWS / 10) < 260), "place {place}: {counts:?}");
    }
}

/// Workers forked from one parent start with the same memory; their nonces must differ all the same.
#[test]
#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no safe fork")]
fn forked_workers_draw_different_nonces() {
    use std::io::Read as _;
    use std::os::fd::FromRawFd as _;

    const WORKERS: usize = 4;
    const DRAWS: usize = 16;
    // A generator inside the process would be seeded here and then copied by the fork.
    Nonce::random().unwrap();
    let mut nonces = Vec::new();
    for _ in 0..WORKERS {
        let mut ends = [0; 2];
        // SAFETY: between fork and _exit the child makes system calls alone.
        let mut reader = unsafe {
            assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
            let child = libc::fork();
            assert!(child >= 0);
            if child == 0 {
                for _ in 0..DRAWS {
                    let Ok(nonce) = Nonce::random() else { libc::_exit(1) };
                    libc::write(ends[1], nonce.as_str().as_ptr().cast(), Nonce::MAX_LEN);
                }
                libc::_exit(0);
            }
            libc::close(ends[1]);
            libc::waitpid(child, std::ptr::null_mut(), 0);
            std::fs::File::from_raw_fd(ends[0])
        };
        let mut drawn = Vec::new();
        reader.read_to_end(&mut drawn).unwrap();
        assert_eq!(drawn.len(), DRAWS * Nonce::MAX_LEN);
        nonces.extend(drawn.chunks(Nonce::MAX_LEN).map(<[u8]>::to_vec));
    }
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), WORKERS * DRAWS);
}
