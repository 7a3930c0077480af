
fn main() {
    let credentials = ours::Credentials::new("ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q");
    let stamp = ours::Stamp::new(1_530_762_118, ours::Nonce::new("0799687066").unwrap());
    let validity = ours::Validity::seconds(100).unwrap();
    println!("{}", credentials.unwrap().sign(&stamp, validity).unwrap().expose());
}
