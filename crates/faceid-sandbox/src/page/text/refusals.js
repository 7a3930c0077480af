// What the sandbox's own API refuses, in Chinese. {0} is what differs.

export default {
  "the request is not of this machine, and the sandbox was started without an admin token: start it with --admin-token-file, or ask on its own machine": '请求不是来自本机，而沙箱启动时没有设置管理令牌：请用 --admin-token-file 启动，或在沙箱所在的机器上访问',
  "the body did not come whole, or is too long": '内容没有完整到达，或过长',
  "there are 1000 rules: remove some": '已有 1000 条规则：请移除一些',
  "there is no rule with this id": '没有这条规则：可能已被移除',
  "offset: seconds from -{0} to {1} are wanted": 'offset：应为 -{0} 到 {1} 之间的秒数',
  "frozen_at: a UNIX time in seconds up to {0} is wanted": 'frozen_at：应为不超过 {0} 的 UNIX 时间（秒）',
};
