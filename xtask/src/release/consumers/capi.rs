fn main() {
    let [key, secret, nonce] = ["ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q", "0799687066"];
    let mut out = [0u8; 200];
    let mut length = 0;
    // SAFETY: each pointer comes with the length of what it points at.
    let status = unsafe {
        faceid::faceid_sign(
            key.as_ptr().cast(), key.len(), secret.as_ptr().cast(), secret.len(), 1_530_762_118,
            nonce.as_ptr().cast(), nonce.len(), 100, out.as_mut_ptr().cast(), out.len(), &mut length,
        )
    };
    assert!(matches!(status, faceid::Status::Ok));
    println!("{}", std::str::from_utf8(&out[..length]).unwrap());
}
