"""The web server's settings; ``WEB_CONCURRENCY`` sets the number of processes."""

import os

bind = f"127.0.0.1:{os.environ.get('IIZ_PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
# Loaded once and then forked: a fault at start ends the server instead of restarting workers for ever.
preload_app = True
timeout = 120
graceful_timeout = 8
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# Forwarded headers are judged in iiz/proxy.py alone.
forwarded_allow_ips = ""
control_socket_disable = True
logger_class = "iiz.deploy.access_log.AccessLogger"
accesslog = "-"
proc_name = "iiz-web"
