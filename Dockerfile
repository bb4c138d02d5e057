# One image for web and workers; "Many machines" in README.md says how it is run.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
# What only the tests need stands last in the list.
RUN sed '/^# To test/,$d' requirements.txt > to_run.txt \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --only-binary=:all: -r to_run.txt \
    && /opt/venv/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim-bookworm
# tini reaps what a killed worker leaves behind; the server has other things to do as process 1.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin pdfjobs \
    && install -d -o pdfjobs -g pdfjobs /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY pdfjobs_site pdfjobs_site
COPY jobs jobs
COPY templates templates
RUN python -m compileall -q .
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PDFJOBS_DATA_DIR=/data
USER 10001:10001
# Besides /data only /tmp is written to.
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# For web processes; compose.yaml has the one for workers.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/api/health/live', timeout=4)"]
ENTRYPOINT ["tini", "--", "python", "manage.py"]
CMD ["serve", "--host", "0.0.0.0"]
