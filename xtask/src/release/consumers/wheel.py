from faceid_sign import Signer

signer = Signer("ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q")
print(signer.sign(issued_at=1530762118, nonce="0799687066"))
