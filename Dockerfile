# Two stages: the wheel is built where the tools are, and only the wheel reaches the image that runs.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements/build.lock requirements/runtime.lock requirements/
RUN python -m venv /opt/parcel-screening \
 && /opt/parcel-screening/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.lock \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.lock
COPY . .
RUN /opt/build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/parcel-screening/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.11-slim-bookworm
# libgomp1 is LightGBM's OpenMP run time; everything else comes in the wheels.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 screening \
 && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/parcel-screening --create-home screening
COPY --from=build /opt/parcel-screening /opt/parcel-screening
ENV PATH=/opt/parcel-screening/bin:$PATH \
    PARCEL_SCREENING_HOME=/var/lib/parcel-screening \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/tmp/numba \
    OMP_WAIT_POLICY=passive
# By number, so that an orchestrator can see that it is not root. Runs on a read-only file system with a /tmp in memory:
# `tools/read-only-check` tries that.
USER 10001:10001
WORKDIR /var/lib/parcel-screening
VOLUME /var/lib/parcel-screening
EXPOSE 8080
STOPSIGNAL SIGTERM
# /healthz and not /readyz: an orchestrator that restarts what is unhealthy must not do so because the database is away or
# because the service drains. Whoever spreads requests asks /readyz.
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
CMD ["parcel-screening", "serve", "--host", "0.0.0.0", "--port", "8080", "--workers", "2"]
