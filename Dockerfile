# The app for a team: docs/deployment.md says how to run it.

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
# The build for processors alone: a tenth of the size, and encoding needs no more.
RUN grep -E '^torch==' /tmp/requirements.txt > /tmp/torch.txt \
    && /opt/venv/bin/pip install --index-url https://download.pytorch.org/whl/cpu -r /tmp/torch.txt \
    && /opt/venv/bin/pip install -r /tmp/requirements.txt

FROM python:3.11.14-slim-bookworm
RUN groupadd --system --gid 10001 veredito \
    && useradd --system --uid 10001 --gid veredito --no-create-home --home-dir /tmp veredito \
    && install -d -o veredito -g veredito /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY app.py ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY dashboard dashboard
COPY pages pages
COPY data/demo data/demo
# Nothing is written outside /data and /tmp, so the root may be read-only.
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HF_HOME=/data/huggingface \
    VEREDITO_DATA_DIR=/data \
    VEREDITO_AUTH=invite \
    VEREDITO_LOG=json \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501
USER 10001:10001
VOLUME /data
EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['STREAMLIT_SERVER_PORT'] + '/healthz', timeout=5)"]
CMD ["sh", "-c", "python -m dashboard init && exec python -m streamlit run app.py"]
