FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    BACKFIN_HOME=/var/lib/backfin

RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd tesseract-ocr-hin \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/backfin backfin

WORKDIR /opt/backfin
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip install ".[postgres,web]"

USER backfin
WORKDIR /var/lib/backfin
VOLUME /var/lib/backfin

CMD ["backfin", "up"]
