const { Signer } = require('@faceid/sign');

const signer = new Signer('ICVvC_xUs6177WEtyUNwIH8J6NfGu50t', 'UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q');
console.log(signer.sign({ issuedAt: 1530762118, nonce: '0799687066' }));
