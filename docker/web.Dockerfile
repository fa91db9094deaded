# The web process, the sealer and the clock: requirements/base.txt only, no torch.
FROM python:3.11-slim-bookworm AS wheels
COPY requirements/base.txt /requirements.txt
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r /requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --user-group --uid 10001 --no-create-home --shell /usr/sbin/nologin attune
COPY requirements/production.txt /requirements.txt
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links=/wheels -r /requirements.txt
WORKDIR /attune
COPY manage.py ./
COPY platform platform
COPY apps apps
COPY ml/__init__.py ml/vocabulary.py ml/
COPY ml/faces/__init__.py ml/faces/jpeg_header.py ml/faces/
COPY ml/prompting/templates ml/prompting/templates
COPY templates templates
COPY static static
ENV PYTHONPATH=/attune/platform:/attune \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
# collectstatic needs settings but serves nobody: throwaway values, in no layer's environment.
RUN ATTUNE_SECRET_KEY=collecting-static-files-needs-no-secret-at-all \
    ATTUNE_ALLOWED_HOSTS=build ATTUNE_PUBLIC_URL=https://build ATTUNE_KEK_FILE=/nonexistent \
    python manage.py collectstatic --noinput
# A new volume takes its owner and mode from the folder that it covers.
RUN install -d -o attune -g attune -m 0700 /blobs
USER attune
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["python", "-m", "config.server", "--host", "0.0.0.0", "--port", "8000"]
