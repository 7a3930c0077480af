//! The table of all that the program says itself: a row a sentence, English and Chinese side by side.
//!
//! `{0}`, `{1}` are filled in. Where the library says it in English already, the English cell says the same, or `{0}` alone.

use crate::speech::Lang;

macro_rules! table {
    ($($say:ident: $en:literal, $zh:literal;)*) => {
        /// A sentence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(not(feature = "sandbox"), allow(dead_code, reason = "some are the sandbox's"))]
        pub(crate) enum Say { $($say),* }

        impl Say {
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$say),*];

            /// The sentence, its places not filled in yet.
            pub(crate) const fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$say, Lang::En) => $en, (Self::$say, Lang::Zh) => $zh,)*
                }
            }
        }
    };
}

table! {
    Error: "error: ", "错误：";
    Advice: "advice: ", "建议：";
    Usage: "{0}", "命令行有误：{0}";
    Joined: "{0}{1}", "{0}{1}";
    UnknownFlag: "unexpected argument '{0}' found", "没有参数 '{0}'";
    UnexpectedValue: "unexpected value found; it is not repeated here, as it may be a secret", "出现多余的值；它可能是机密，因此不在此重复";
    UnknownCommand: "unrecognized command", "没有这个命令";
    CommandMissing: "a command is wanted", "缺少命令";
    ValueUnwanted: "'{0}' takes no value", "'{0}' 不带值";
    ValueMissing: "a value is required for '{0}' but none was supplied", "'{0}' 缺少值";
    ValueRefused: "invalid value '{0}' for '{1}'", "'{1}' 的值 '{0}' 无效";
    PlaceRefused: "invalid value for '{0}'", "'{0}' 的值无效";
    Because: "{0}: {1}", "{0}：{1}";
    ArgumentNotUtf8: "an argument that is to be text is not UTF-8", "应为文本的参数不是 UTF-8";
    FlagsMissing: "the following required arguments were not provided: '{0}'", "缺少必需的参数：'{0}'";
    FlagTwice: "the argument '{0}' cannot be used multiple times", "参数 '{0}' 不能重复给出";
    FlagsConflict: "the argument '{0}' cannot be used with '{1}'", "参数 '{0}' 不能与 '{1}' 同用";
    PossibleValues: "\n  [possible values: '{0}']", "\n  [可选值：'{0}']";
    SimilarValue: "\n\n  tip: a similar value exists: '{0}'", "\n\n  提示：有相近的值 '{0}'";
    SimilarFlag: "\n\n  tip: a similar argument exists: '{0}'", "\n\n  提示：有相近的参数 '{0}'";
    SimilarCommand: "\n\n  tip: a similar command exists: '{0}'", "\n\n  提示：有相近的命令 '{0}'";
    UsageIs: "\n\nUsage: {0}", "\n\n用法：{0}";
    MoreHelp: "\n\nFor more information, try '--help'.", "\n\n更多信息请用 '--help' 查看。";
    NonceEmpty: "the nonce is empty: one to ten digits are wanted", "随机数为空：应为 1 到 10 位数字";
    NonceTooLong: "the nonce has more than ten digits", "随机数超过十位数字";
    NonceNotDigits: "the nonce has a character other than 0 to 9", "随机数含有 0 到 9 以外的字符";
    InMilliseconds: "it is in milliseconds or finer: UNIX time in seconds is wanted", "这是毫秒或更小的单位：应为以秒计的 UNIX 时间";
    NotUnixTime: "UNIX time in whole seconds is wanted, from 0 to {0}", "应为整秒的 UNIX 时间，从 0 到 {0}";
    OffsetWanted: "a whole number of seconds is wanted, from -{0} to {0}", "应为整数秒，从 -{0} 到 {0}";
    AddressWanted: "an IP address and a port are wanted, such as 127.0.0.1:8080", "应为 IP 地址和端口，例如 127.0.0.1:8080";
    HostWanted: "the name of a host is wanted, such as faceid, without scheme, port and path", "应为主机名，例如 faceid，不带协议、端口和路径";
    NotANumber: "it is no whole number from 0 on, or too large a one", "不是从 0 起的整数，或超出范围";
    NotACount: "a whole number from 1 to {0} is wanted", "应为 1 到 {0} 的整数";
    TimeWanted: "a number with its unit is wanted: 500ms, 30s, 2m or 1h", "应为带单位的数字：500ms、30s、2m 或 1h";
    AnswerWanted: "a slip, = and an error are wanted", "应为一个失误、= 和一个错误";
    NoSuchSlip: "there is no slip {0}: it is one of {1}", "没有名为 {0} 的失误，可选：{1}";
    VendorErrorWanted: "{0}: an error of the vendor's list is wanted, such as AUTHENTICATION_ERROR or \"AUTHORIZATION_ERROR: DENIED\"", "{0}：应为厂商列表中的错误，例如 AUTHENTICATION_ERROR 或 \"AUTHORIZATION_ERROR: DENIED\"";
    FaultAlone: "nothing follows {0}: write it alone", "{0} 之后不带任何内容：请单独书写";
    FaultDetail: "what it is about is missing: write for example {0}", "缺少具体内容：应写成例如 {0}";
    FaultHtml: "a gateway's page is html and its status, 400 to 599: write for example html503", "网关页面写作 html 加状态码 400 到 599：例如 html503";
    FaultEffect: "a fault is an error of the vendor's list, reset, truncate, html502, delay=, slow= or skew=, several joined by +", "故障可以是厂商列出的错误、reset、truncate、html502、delay=、slow= 或 skew=，多个用 + 连接";
    FaultIdle: "a part would never happen, as another hides it each time: give that one a *N, and a smaller one", "有一部分永远不会发生，因为每次都被另一部分掩盖：给那一部分加上更小的 *N";
    FaultCount: "after * comes the number of requests, 1 or more", "* 之后是请求次数，至少为 1";
    FaultDelay: "after delay= comes a time such as 200ms or 1s-2s, at most 10 minutes", "delay= 之后是时间，例如 200ms 或 1s-2s，最长 10 分钟";
    FaultSlow: "after slow= comes a rate such as 10B/s or 1kB/s", "slow= 之后是速率，例如 10B/s 或 1kB/s";
    FaultSkew: "after skew= comes a time with its sign such as +1h or -30s, at most 3650 days", "skew= 之后是带正负号的时间，例如 +1h 或 -30s，最长 3650 天";
    CannotWrite: "cannot write to stdout: {0}", "无法写入标准输出：{0}";
    CannotWriteTo: "cannot write to {0}: {1}", "无法写入 {0}：{1}";
    CannotRead: "cannot be read: {0}", "无法读取：{0}";
    Interrupted: "interrupted", "已中断";
    ManWritten: "manual pages written to {0}", "手册页已写入 {0}";

    NeverSent: "the service could not be reached", "无法连接到服务";
    TlsRefused: "TLS was refused", "TLS 被拒绝";
    NoAnswerInTime: "no answer in time", "未能及时收到应答";
    ConnectionEnded: "the connection ended before an answer", "连接在应答之前中断";
    BrokenOff: "the answer is broken off or not HTTP", "应答不完整，或不是 HTTP";
    TooLarge: "the answer is larger than allowed", "应答超过允许的大小";
    ExchangeFailed: "the exchange failed", "通信失败";
    FromAnotherUrl: "the answer came from another URL", "应答来自另一个 URL";
    CaAsServer: "the server's certificate is that of an authority (CA), which may not stand for a server", "服务器的证书是证书机构（CA）自己的证书，不能用于服务器";
    ServiceAnswered: "{0} ({1})", "服务返回错误：{0}（{1}）";
    NoErrorCode: "an answer without an error code ({0})", "应答没有错误码，是网关代替服务作答（{0}）";
    DoesNotRead: "the answer does not read: {0} ({1})", "无法解读应答：{0}（{1}）";
    NotJson: "it is not JSON, at line {0} column {1}", "不是 JSON，第 {0} 行第 {1} 列";
    JsonBreaksOff: "the JSON breaks off, at line {0} column {1}", "JSON 不完整，第 {0} 行第 {1} 列";
    JsonOfOtherFields: "a field is missing, repeated or of another type, at line {0} column {1}", "有字段缺失、重复或类型不对，第 {0} 行第 {1} 列";
    NotAnObject: "it is not a JSON object", "不是 JSON 对象";
    NoToken: "biz_token is empty", "biz_token 为空";
    HttpStatus: "HTTP {0}", "HTTP {0}";
    WithRequestId: "{0}, request_id {1}", "{0}，request_id {1}";
    WithAttempts: "{0}, {1} attempts in {2} s", "{0}，{2} 秒内尝试 {1} 次";
    NotSent: "{0} {1}; nothing was sent", "请求未发送：{0} {1}";
    FieldEmpty: "is empty", "为空";
    FieldWithControl: "contains a control character", "含有控制字符";
    FieldTooLong: "has {0} bytes, and at most {1} are allowed", "有 {0} 字节，最多允许 {1} 字节";
    RandomSourceFailed: "source of the operating system failed", "（操作系统的随机源）失败";
    ClockTooEarly: "stands before 1970", "早于 1970 年";
    TokenWithControl: "the answer does not read: biz_token holds a control character", "无法解读应答：biz_token 含有控制字符";
    Retrying: "retrying in {0} s ({1} of {2}): {3}", "{0} 秒后重试（第 {1} 次，共 {2} 次）：{3}";
    ClockCorrected: "this machine's clock is {0} s behind the service's; signs were corrected by that, set the clock right", "本机时钟比服务慢 {0} 秒；签名已按此修正，请校准时钟";

    SettingRefused: "{0} {1}", "{0}：{1}";
    InProfile: "{0} in the profile", "配置文件中的 {0}";
    NotGiven: "{0} is not given", "未提供 {0}";
    GivenTwice: "is given together with {0}: give one of the two", "不能与 {0} 同时给出，二者只取其一";
    NotUtf8: "is not UTF-8", "不是 UTF-8 文本";
    NotARegion: "is none of china, singapore, indonesia", "不是 china、singapore、indonesia 之一";
    NotATime: "is no time above zero with its unit: 500ms, 30s, 2m, 1h", "不是带单位且大于零的时间，例如 500ms、30s、2m、1h";
    NotAValidity: "is no time from 1s to 4294967295s in whole seconds with its unit, such as 100s or 1h, nor the word once", "不是 1s 到 4294967295s 之间、以整秒计并带单位的时间（例如 100s、1h），也不是 once";
    NotAttempts: "is no number from 1 to 10", "不是 1 到 10 的整数";
    NotASwitch: "is neither 0 nor 1", "既不是 0 也不是 1";
    FileUnreadable: "names a file that cannot be read: {0}", "所指的文件无法读取：{0}";
    PathsBegin: "a relative path there begins in {0}", "其中的相对路径以 {0} 为起点";
    MoreThanKib: "more than {0} KiB", "超过 {0} KiB";
    NoCertificate: "names a file that holds no certificate in PEM", "所指的文件里没有 PEM 格式的证书";
    NoRoot: "names a file with a certificate that cannot be a root", "所指的文件里有不能作为根的证书";
    FileRefused: "names {0}: {1}", "指向的 {0}：{1}";
    WaysOfKey: "pass --api-key, set FACEID_API_KEY or FACEID_API_KEY_FILE, or write api_key into the profile file", "使用 --api-key，设置 FACEID_API_KEY 或 FACEID_API_KEY_FILE，或在配置文件中写入 api_key";
    WaysOfSecret: "pass --api-secret-file, set FACEID_API_SECRET or FACEID_API_SECRET_FILE, or write api_secret_file into the profile file", "使用 --api-secret-file，设置 FACEID_API_SECRET 或 FACEID_API_SECRET_FILE，或在配置文件中写入 api_secret_file";
    WaysOfRegion: "pass --region or --base-url, or set FACEID_REGION or FACEID_BASE_URL; there is no default, as data must not cross a border by accident", "使用 --region 或 --base-url，或设置 FACEID_REGION 或 FACEID_BASE_URL；没有默认值，以免数据意外出境";
    WaysOfScene: "pass --liveness-id or set FACEID_LIVENESS_ID: the id of a liveness scene made in the vendor's console", "使用 --liveness-id 或设置 FACEID_LIVENESS_ID：即在厂商控制台创建的活体场景的 id";
    BothOrNone: "a sandbox with a pair of its own needs both --api-key and --api-secret-file", "沙箱若用自定的密钥对，须同时给出 --api-key 与 --api-secret-file";
    BothInEnvironment: "--keys-from-env needs both FACEID_API_KEY and FACEID_API_SECRET", "--keys-from-env 需要同时设置 FACEID_API_KEY 与 FACEID_API_SECRET";
    StdinTwice: "sign and secret cannot both come by stdin", "签名与密钥不能同时从标准输入读取";
    CannotPrompt: "cannot ask at the terminal: {0}", "无法在终端上提示输入：{0}";

    FaultEmpty: "is empty", "为空";
    FaultWithin: "has a line end or a NUL within: it is to hold the secret and nothing else", "中间含有换行符或 NUL：应只含密钥，别无他物";
    FaultBlank: "begins or ends with white space", "首尾有空白";
    FaultLineEnd: "begins or ends with a line end", "首尾有换行符";
    FaultByteOrderMark: "begins or ends with a byte order mark", "首尾有字节序标记（BOM）";
    FaultSeparator: "contains '&' or '='", "含有 & 或 =";
    FaultControl: "contains a control character", "含有控制字符";
    FaultNonAscii: "contains a character outside ASCII", "含有 ASCII 以外的字符";
    FaultOther: "cannot be used", "不可用";

    UrlNone: "is not a URL: write it as https://host[:port][/path]", "不是 URL：应写作 https://host[:port][/path]";
    UrlNoHost: "has no scheme or no host: write it as https://host[:port][/path]", "缺少协议或主机：应写作 https://host[:port][/path]";
    UrlPassword: "holds a user name or a password: the service takes neither", "含有用户名或密码：服务两者都不接受";
    HostMissing: "has no host", "缺少主机";
    PortNone: "has a port that is none", "端口无效";
    UrlQuery: "has a query or a fragment", "含有查询或片段";
    UrlHttp: "is plain http to another machine: use https, or ask for allow_http by name", "是通向其他机器的明文 http：请用 https，或明确设置 allow_http";
    UrlScheme: "is neither https nor http", "既不是 https 也不是 http";
    PrefixRefused: "does not fit into a URL's path", "不能放进 URL 的路径";
    RandomFailed: "source of the operating system failed", "操作系统的随机源失败";
    ProxyNotUrl: "is not a URL", "不是 URL";
    ProxyScheme: "is not an http or https proxy; others are not supported", "不是 http 或 https 代理；不支持其他代理";
    ProxyNoHost: "has no host, or a port that is none", "缺少主机，或端口无效";
    RootsNoStore: "of the operating system could not be loaded: install its certificate store (ca-certificates), or choose other roots", "无法加载操作系统的根证书：请安装其证书库（ca-certificates），或另选根证书";
    RootsUnfit: "hold a certificate that cannot be a root", "其中有不能作为根的证书";
    RootsEmpty: "hold no certificate in PEM", "其中没有 PEM 格式的证书";
    RootsNotPem: "are not certificates in PEM", "不是 PEM 格式的证书";

    ProfileRefused: "profile file {0}: {1}", "配置文件 {0}：{1}";
    NoSuchProfile: "there is no profile {0}", "没有名为 {0} 的配置";
    NotToml: "line {0} is not TOML", "第 {0} 行不是合法的 TOML";
    NotATable: "{0} is no table: settings stand below [default] or another name", "{0} 不是表：设置应写在 [default] 或其他名称之下";
    UnknownKey: "there is no setting {0}", "没有名为 {0} 的设置";
    WrongType: "{0} has a value of the wrong type", "{0} 的值类型不对";
    OthersCanRead: "others can read or write it, so it is not used", "其他用户可以读取或写入，因此不予使用";
    NamesShared: "names a file that is not used, as others can read or write it", "所指的文件其他用户可以读取或写入，因此不予使用";
    NotAFile: "it is no file", "不是普通文件";
    MakePrivate: "chmod 600 {0}", "执行 chmod 600 {0}";
    OriginFlag: "flag {0}", "命令行 {0}";
    OriginEnvironment: "environment {0}", "环境变量 {0}";
    OriginProfile: "profile {0} of {1}", "配置 {0}，文件 {1}";
    OriginDefault: "default", "默认值";
    OriginPrompt: "a prompt", "终端输入";

    Raw: "signed text: {0}", "被签名的文本：{0}";
    ClockBeforeEpoch: "the clock stands before 1970", "时钟早于 1970 年";
    RandomSource: "the operating system's random source failed", "操作系统的随机源失败";
    ExpiryOverflow: "--issued-at plus the validity does not fit into 64 bits", "--issued-at 加上有效期超出 64 位";

    CannotReadSign: "the sign cannot be read: {0}", "无法读取签名：{0}";
    SignIsSecret: "FILE is a file that holds the sign, or - for stdin; a sign is a secret and does not belong into the command line", "FILE 是存有签名的文件，- 表示标准输入；签名属于机密，不应写在命令行上";
    NoSign: "it is not base64 of a digest and the fields a, b, c, d: it is cut off, or no sign at all", "它不是摘要与 a、b、c、d 字段的 base64：被截断，或者根本不是签名";
    SignRefused: "the sign does not verify: {0}", "签名验证不通过：{0}";
    OtherKey: "it is another api_key's, not that of the pair at hand", "它属于另一个 api_key，而不是手头的密钥对";
    UnknownSlip: "no known slip explains it: api_key and api_secret are not a pair, or it was cut off or changed on its way", "没有已知的失误能解释：api_key 与 api_secret 不是一对，或者它在途中被截断或改动";
    NotVerified: "not verified, as no api_secret is at hand: anybody can write such claims", "未验证，因为手头没有 api_secret：这些内容任何人都能写出";
    ClaimKey: "api_key  {0}", "api_key  {0}";
    ClaimIssued: "issued   {0}, {1}", "签发     {0}，{1}";
    ClaimExpires: "expires  {0}, {1}", "过期     {0}，{1}";
    ClaimOnce: "expires  never by time: single use", "过期     不按时间：仅限使用一次";
    ClaimNonce: "nonce    {0}", "随机数   {0}";
    Verifies: "verifies yes", "验证     通过";
    DoesNotVerify: "verifies no: {0} ({1})", "验证     不通过：{0}（{1}）";
    NotVerifiedShort: "verifies not known: no api_secret at hand", "验证     未知：手头没有 api_secret";
    Ago: "{0} ago", "{0}前";
    Ahead: "{0} ahead", "{0}后";
    Seconds: "{0} s", "{0} 秒";
    Hours: "{0} hours", "{0} 小时";
    Days: "{0} days", "{0} 天";
    Years: "{0} years", "{0} 年";

    CannotListen: "cannot listen at {0}: {1}", "无法监听 {0}：{1}";
    OpenToOthers: "the sandbox can be reached from other machines, over plain http", "其他机器可以通过明文 http 访问此沙箱";
    OpenToOthersByTls: "the sandbox can be reached from other machines", "其他机器可以访问此沙箱";
    NotHealthy: "no sandbox answers at {0}: {1}", "{0} 处没有沙箱应答：{1}";
    UrlWanted: "a URL such as http://127.0.0.1:8080 is wanted", "应为 URL，例如 http://127.0.0.1:8080";
    HttpWanted: "the URL begins with neither http:// nor https://", "URL 既不以 http:// 也不以 https:// 开头";
    CaFileWanted: "https needs --ca-file", "https 需要 --ca-file";
    SeedIs: "the seed is {0}: with --seed {0} faults are the same again, and by the same clock (--frozen-at) tokens and ids too", "随机种子为 {0}：用 --seed {0} 可重现相同的故障；时钟相同（--frozen-at）时，token 与 id 也相同";
    TryIt: "in another terminal: export {0}", "在另一个终端执行：export {0}";

    Passed: "ok", "通过";
    Failed: "FAILED", "失败";
    Unknown: "unknown", "未知";
    Skipped: "skipped", "跳过";
    NotLooked: "not looked at", "未检查";
    DoctorFound: "{0} failed; the first: {1}", "{0} 项失败，第一项：{1}";
    ProfileFound: "{0} of {1}", "{0}，文件 {1}";
    NoProfile: "none; none is needed", "无，也并非必需";
    CredentialsFound: "api_key from {0}, api_secret from {1}", "api_key 来自 {0}，api_secret 来自 {1}";
    AddressFound: "{0}, from {1}", "{0}，来自 {1}";
    NoProxy: "none", "无";
    ProxyFound: "there is one, from the environment: the steps behind it are its own; --probe asks through it", "环境变量中设有代理：其后的步骤由代理完成；--probe 会经由它请求";
    ProxyReached: "there is one, from the environment: {0}", "环境变量中设有代理：{0}";
    ProxyResolves: "the proxy looks the name up", "由代理解析名称";
    Tunnelled: "the proxy leads to {0}", "代理已连到 {0}";
    NoTunnel: "the proxy does not lead there: {0}", "代理没有连到那里：{0}";
    Resolved: "{0} is {1}", "{0} 的地址是 {1}";
    NoAddress: "{0} has no address", "{0} 没有地址";
    NotResolved: "{0} does not resolve: {1}", "无法解析 {0}：{1}";
    ResolvedLate: "{0} did not resolve in time", "未能及时解析 {0}";
    Connected: "{0} in {1} ms", "{0}，{1} 毫秒";
    NotConnected: "no connection: {0}", "无法建立连接：{0}";
    Secured: "{0}, the certificate is trusted", "{0}，证书可信";
    NotSecured: "{0}", "TLS 被拒绝：{0}";
    NoTls: "plain http", "明文 http";
    NoAnswer: "no answer: {0}", "没有应答：{0}";
    TimeOver: "the time is over", "时间已到";
    NoDate: "the answer has no Date to compare with", "应答中没有可供比较的 Date";
    ClockRight: "the service is {0} s ahead", "服务比本机快 {0} 秒";
    ClockBehind: "this machine's clock is {0} s behind the service's", "本机时钟比服务慢 {0} 秒";
    ClockAhead: "this machine's clock is {0} s ahead of the service's", "本机时钟比服务快 {0} 秒";
    SetClock: "set the clock, best by NTP: signs are made by it, and refused where it is too far off", "请校准时钟，最好使用 NTP：签名取自本机时钟，相差太多会被拒绝";
    MendSetting: "mend the setting that is named; `faceid config show --origin` tells where each comes from", "请改正所指的设置；faceid config show --origin 说明各项来自哪里";
    NoPairToProbe: "not looked at: without credentials nothing is signed", "未检查：没有密钥就无法签名";
    NoProbe: "not looked at; --probe sends a signed request", "未检查；--probe 会发送一个带签名的请求";
    ProbeProvesNothing: "the service asks for liveness_id and says nothing against the sign; in which order it checks is not documented, so only `faceid token` proves it", "服务只提示缺少 liveness_id，对签名没有异议；其检查顺序没有文档说明，只有 faceid token 能证实";
    ProbeTaken: "the service took a request without liveness_id, so the sign passed", "服务接受了没有 liveness_id 的请求，签名已通过";
}
