/* The one configuration file, DIR/tongban.conf: its keys, meanings and defaults. `tongban admin config` prints it. */
#include "app/tongban/cli.h"

const struct config_key CONFIG_KEYS[] = {
    {"listen", CONFIG_TEXT, "127.0.0.1:8080", "监听地址；非本机地址须配置 TLS", "Address to listen on; any but loopback needs TLS", 0, 0, NULL},
    {"base_url", CONFIG_TEXT, "", "对外地址（二维码、链接用），空则按监听地址", "Public address for QR codes and links; empty: from listen", 0, 0, NULL},
    {"tls.cert", CONFIG_TEXT, "", "TLS 证书（PEM 文件）", "TLS certificate (PEM file)", 0, 0, NULL},
    {"tls.key", CONFIG_TEXT, "", "TLS 私钥（PEM 文件）", "TLS private key (PEM file)", 0, 0, NULL},
    {"proxied", CONFIG_BOOL, "false", "前有反向代理：采信本机对端的 X-Forwarded-For", "Behind a proxy: believe X-Forwarded-For of a loopback peer", 0, 0, NULL},
    {"http.workers", CONFIG_INT, "0", "工作线程数，0 为每核两个", "Worker threads; 0: two for each core", 0, 64, NULL},
    {"http.rate", CONFIG_INT, "6000", "每个来源每分钟请求上限", "Requests a minute and peer", 1, 10000000, NULL},
    {"http.rate_costly", CONFIG_INT, "60", "每个来源每分钟登录等高耗请求上限", "Costly requests (sign-in …) a minute and peer", 1, 10000000, NULL},
    {"metrics.token", CONFIG_SECRET, "", "/metrics 的令牌；空则仅限本机", "Token of /metrics; empty: loopback only", 0, 0, NULL},
    {"database", CONFIG_TEXT, "", "数据库：空为目录内 SQLite；或 postgresql://…", "Database; empty: SQLite in the folder; or postgresql://…", 0, 0, NULL},
    {"database.readers", CONFIG_INT, "4", "读连接数", "Read connections", 1, 64, NULL},
    {"database.batchers", CONFIG_INT, "2", "PostgreSQL 批处理线程数", "Batchers (PostgreSQL)", 1, 16, NULL},
    {"signer.socket", CONFIG_TEXT, "", "tongban-signd 的套接字；空则自行启动（仅测试密钥）", "Socket of tongban-signd; empty: start one here (test keys only)", 0, 0, NULL},
    {"city.code", CONFIG_TEXT, "441900", "行政区划代码 GB/T 2260", "Division code, GB/T 2260", 0, 0, NULL},
    {"city.name_zh", CONFIG_TEXT, "东莞市", "城市名称（中文）", "Name of the city in Chinese", 0, 0, NULL},
    {"city.name_en", CONFIG_TEXT, "Dongguan", "城市名称（英文）", "Name of the city in English", 0, 0, NULL},
    {"mail.url", CONFIG_TEXT, "", "SMTP 地址（smtp://主机:25）；空则邮件留在发件箱", "SMTP server (smtp://host:25); empty: mail stays in the outbox", 0, 0, NULL},
    {"mail.from", CONFIG_TEXT, "no-reply@localhost", "发件人", "Sender of mail", 0, 0, NULL},
    {"office.morning", CONFIG_TEXT, "09:00-12:00", "上午办公时间", "Office hours, morning", 0, 0, NULL},
    {"office.afternoon", CONFIG_TEXT, "14:00-18:00", "下午办公时间", "Office hours, afternoon", 0, 0, NULL},
    {"job.threads", CONFIG_INT, "2", "后台作业线程数", "Threads for jobs (papers, licences)", 1, 32, NULL},
    {"log.format", CONFIG_CHOICE, "text", "日志格式", "Format of the log", 0, 0, "text json"},
    {"log.level", CONFIG_CHOICE, "info", "日志级别", "Least level of the log", 0, 0, "debug info warn error"},
};
const size_t CONFIG_NKEYS = sizeof CONFIG_KEYS / sizeof *CONFIG_KEYS;
