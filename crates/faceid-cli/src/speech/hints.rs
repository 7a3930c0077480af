//! What to do about an answer. The English is the library's own.

use faceid_blocking::Hint;

use crate::speech::Lang;

pub(super) fn text(hint: Hint, lang: Lang) -> String {
    match (lang, chinese(hint)) {
        (Lang::Zh, Some(text)) => text.to_owned(),
        _ => hint.to_string(),
    }
}

/// `None` for one that a later version of the library brings.
const fn chinese(hint: Hint) -> Option<&'static str> {
    Some(match hint {
        Hint::MendField => "请改正所指的字段",
        Hint::Machine => "请校准本机时钟，或修复其随机源：无法签名",
        Hint::MissingArguments => "请提供所指的参数；也可能是网关丢掉了表单",
        Hint::LivenessId => "请使用控制台中的场景 id，且与密钥同属一个账号和区域",
        Hint::BadArguments => "请改正所指的参数：格式或长度不对",
        Hint::KeyAndSecret => "api_key 与 api_secret 必须是一对，属于此区域和品牌，且不含空白",
        Hint::Clock => "请核对本机与服务的时钟：签名到达时已过期",
        Hint::Replay => "一次性签名只能用于一个请求：每次尝试都要重新签名",
        Hint::KeyStopped => "该 api_key 已停用：请联系厂商，或换用其他密钥",
        Hint::Address => "服务不接受此密钥从本机地址发起的请求：请联系厂商",
        Hint::TestQuota => "测试密钥的额度已用完：请向厂商申请，或换用正式密钥",
        Hint::NoRight => "该密钥无权调用此接口：请厂商在此区域开通",
        Hint::Concurrency => "同时请求过多：请减少并发，或申请提高上限",
        Hint::Path => "请检查 base URL 与路径前缀（/faceid，第二品牌为 /finauth）",
        Hint::ServerFault => "服务端故障：请稍后再试；若持续出现，请把 request_id 提供给厂商",
        Hint::Gateway => "应答来自网关而非服务：请检查 base URL、代理和防火墙",
        Hint::Redirect => "不跟随重定向：请设置能直接应答的 base URL",
        Hint::Unreachable => "请检查 base URL、域名解析、代理和防火墙",
        Hint::Tls => "请检查证书、本机信任的根证书，以及是否有代理拆解 TLS",
        Hint::Slow => "请稍后再试；请求是否已到达不得而知",
        Hint::Deadline => "请给调用更多时间：尚未发送，时限已到",
        Hint::Broken => "请稍后再试；若持续出现，则有网关或代理中断了连接",
        Hint::NotTheService => "请检查 base URL 和代理：应答与服务文档所述不符",
        Hint::Unknown => "厂商文档未列出此错误：请带上 request_id 询问厂商",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use faceid_blocking::{ApiError, Error};

    use super::*;

    #[test]
    fn each_documented_error_has_advice_in_chinese() {
        let errors = [
            "MISSING_ARGUMENTS: sign",
            "BAD_ARGUMENTS: liveness_id",
            "BAD_ARGUMENTS: uuid",
            "AUTHENTICATION_ERROR",
            "AUTHORIZATION_ERROR: API_KEY_BE_DISCONTINUED",
            "AUTHORIZATION_ERROR: IP_NOT_ALLOWED",
            "AUTHORIZATION_ERROR: LIMIT_REACHED",
            "AUTHORIZATION_ERROR: DENIED",
            "AUTHORIZATION_ERROR: EXPIRED_SIGN",
            "AUTHORIZATION_ERROR: INVALID_SIGN",
            "AUTHORIZATION_ERROR: REPLAY_ATTACK",
            "CONCURRENCY_LIMIT_EXCEEDED",
            "API_NOT_FOUND",
            "INTERNAL_ERROR",
            "SOMETHING_NEW",
        ];
        for error in errors {
            let body = format!(r#"{{"error":"{error}"}}"#);
            let hint = Error::from(ApiError::from_response(403, body)).hint();
            assert!(!text(hint, Lang::Zh).is_ascii(), "{error}");
            assert_eq!(text(hint, Lang::En), hint.to_string(), "{error}");
        }
    }
}
