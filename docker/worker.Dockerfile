# The frames and images workers. TORCH_INDEX may name an index of CPU-only or CUDA builds of the pinned torch.
FROM python:3.11-slim-bookworm
ARG TORCH_INDEX=""
RUN useradd --system --user-group --uid 10001 --no-create-home --shell /usr/sbin/nologin attune
COPY requirements/ml.txt /requirements.txt
RUN pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r /requirements.txt
WORKDIR /attune
COPY manage.py ./
COPY platform platform
COPY apps apps
COPY ml ml
COPY templates templates
ENV PYTHONPATH=/attune/platform:/attune \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    HF_HUB_OFFLINE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
# A new volume takes its owner and mode from the folder that it covers.
RUN install -d -o attune -g attune -m 0700 /blobs
USER attune
ENTRYPOINT ["python", "-m", "celery", "--app=config", "worker", "--pool=solo", "--loglevel=WARNING", \
            "--without-gossip", "--without-mingle", "--without-heartbeat"]
CMD ["--queues=frames"]
