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
 && useradd --system --uid 10001 --home-dir /var/lib/parcel-screening --create-home screening
COPY --from=build /opt/parcel-screening /opt/parcel-screening
ENV PATH=/opt/parcel-screening/bin:$PATH \
    PARCEL_SCREENING_HOME=/var/lib/parcel-screening \
    PYTHONUNBUFFERED=1 \
    OMP_WAIT_POLICY=passive
USER screening
WORKDIR /var/lib/parcel-screening
VOLUME /var/lib/parcel-screening
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
CMD ["parcel-screening", "serve", "--host", "0.0.0.0", "--port", "8080", "--workers", "2"]
