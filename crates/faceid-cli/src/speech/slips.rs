//! The slip behind a sign that is refused. The English is the library's own.

use faceid_blocking::Slip;

use crate::speech::Lang;

pub(super) fn text(slip: Slip, lang: Lang) -> String {
    match (lang, chinese(slip)) {
        (Lang::Zh, Some(text)) => text,
        _ => slip.to_string(),
    }
}

/// `None` for one that a later version of the library brings.
fn chinese(slip: Slip) -> Option<String> {
    let text = match slip {
        Slip::HexDigest => "摘要以十六进制字符拼接：应拼接其 20 个字节",
        Slip::DigestOnly => "只编码了摘要：应把摘要与文本一起编码",
        Slip::KeyAndMessageSwapped => "HMAC 的密钥与消息颠倒了：密钥应是 api_secret",
        Slip::ApiKeyAsSecret => "把 api_key 当成了 api_secret",
        Slip::LineEndAfterSecret => "api_secret 连同其后的换行符一起使用了：应去掉",
        Slip::LineEndAfterText => "文本签名或拼接时带了末尾的换行符：echo 会加上，printf %s 不会",
        Slip::PlainSha1 => "使用了 secret 与文本的 SHA-1：应使用 HMAC-SHA1",
        Slip::HmacSha256 => "sign_version 为 hmac_sha1，却使用了 HMAC-SHA256",
        Slip::LossyUtf8 => "摘要中途被转成了 UTF-8 文本：应保持为字节",
        Slip::Latin1 => "摘要中途被转成了 Latin-1 文本：应保持为字节",
        Slip::PythonBytesLiteral => "签名被包在 Python 的 b'...' 中：应先把字节解码为文本",
        Slip::Quoted => "签名带有引号：应去掉",
        Slip::UrlSafeAlphabet => "使用了 URL 安全的 base64 字母表：应使用含 + 和 / 的标准字母表",
        Slip::MissingPadding => "base64 末尾缺少 =",
        Slip::LineBreaks => "base64 被折行：应使用不折行的编码器",
        Slip::BlankForPlus => "+ 到达时变成了空格：表单 urlencoded 编码时没有转义它",
        Slip::PercentEscaped => "签名被百分号转义：multipart 的值应原样发送",
        Slip::DoubleBase64 => "签名做了两次 base64 编码",
        Slip::Milliseconds => "b 或 c 以毫秒计：应以秒计",
        Slip::TimeNotWhole => "b 或 c 不是以数字 0 到 9 书写的整数秒",
        Slip::DurationAsExpiry => "b 是时长：应为过期时刻的 UNIX 时间",
        Slip::NotAfterIssue => "b 不晚于 c：一次性签名的 b 为 0",
        Slip::NonceNegative => "d 为负数：应取无符号随机数",
        Slip::NonceLetters => "d 不是由数字组成",
        Slip::NonceTooLong => "d 超过十位数字",
        Slip::NonceForeignDigits => "d 用了其他文字的数字：格式化数字时不要用区域设置",
        Slip::FieldsReordered => "字段不是 a、b、c、d 的顺序",
        Slip::FieldsMissing => "被签名的文本不是恰好含 a、b、c、d 四个字段",
        Slip::FieldsEscaped => "被签名的文本做了百分号转义：应原样签名",
        Slip::Expired { seconds, age } => {
            return Some(format!(
                "已过期 {seconds} 秒，签发于 {age} 秒前：沿用了旧签名，或签名方时钟慢 {age} 秒"
            ));
        }
        Slip::FromTheFuture { seconds } => {
            return Some(format!("签发时间在 {seconds} 秒之后：签名方时钟快 {seconds} 秒"));
        }
        Slip::Stale { seconds } => {
            return Some(format!("一次性签名，签发于 {seconds} 秒前：被留存过，或签名方时钟慢 {seconds} 秒"));
        }
        _ => return None,
    };
    Some(text.to_owned())
}
