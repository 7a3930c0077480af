//! Signs the vendor's vector without the standard library: exit code 0 means that the sign came out as published.
//!
//! Building the library alone for a desktop target would not notice a dependency that pulls in `std`, because `std` is
//! there. This binary has a panic handler of its own, and a program can hold only one: with `std` it does not build.

#![no_std]
#![no_main]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::panic::PanicInfo;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};

use faceid_sign::{Credentials, Nonce, Stamp, Validity};

const API_KEY: &str = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
const API_SECRET: &str = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";
const EXPECTED: &str = "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZjPTE1\
                        MzA3NjIxMTgmZD0wNzk5Njg3MDY2";

// The C runtime calls `main` and ends the process with what it returns. Only `std` links it by itself.
#[link(name = "c")]
unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

// `alloc` comes compiled for unwinding and names these two. A program that aborts on panic never calls them.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {
    abort()
}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    abort()
}

const HEAP_SIZE: usize = 64 * 1024;

/// Hands out a static array from its start and takes nothing back: enough for one sign.
#[repr(C, align(16))]
struct Bump {
    heap: UnsafeCell<[u8; HEAP_SIZE]>,
    used: AtomicUsize,
}

// SAFETY: the cell is only reached through `alloc`, which gives every byte of it away at most once.
unsafe impl Sync for Bump {}

// SAFETY: a block starts at a multiple of its alignment, because the heap does and alignments over 16 are refused; it
// ends within the heap; no two overlap, because `used` only grows.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > 16 {
            return null_mut();
        }
        let mut start = 0;
        let claim = |used: usize| {
            start = used.checked_next_multiple_of(layout.align())?;
            start.checked_add(layout.size()).filter(|&end| end <= HEAP_SIZE)
        };
        match self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, claim)
        {
            Ok(_) => self.heap.get().cast::<u8>().wrapping_add(start),
            Err(_) => null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static HEAP: Bump = Bump {
    heap: UnsafeCell::new([0; HEAP_SIZE]),
    used: AtomicUsize::new(0),
};

fn sign_matches() -> Option<bool> {
    let credentials = Credentials::new(API_KEY, API_SECRET).ok()?;
    let stamp = Stamp::new(1_530_762_118, Nonce::new("0799687066").ok()?);
    let signature = credentials.sign(&stamp, Validity::seconds(100)?).ok()?;
    Some(signature.expose() == EXPECTED)
}

// SAFETY: the name is the one that the C runtime calls, and nothing else in the program has it.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    i32::from(sign_matches() != Some(true))
}
