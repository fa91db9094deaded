"""The picture's file for pages, and the API."""

from django.urls import path

from apps.imagery import api, views

app_name = "imagery"

urlpatterns = [
    path("images/<uuid:image_id>/", views.image, name="image"),
    path("api/v1/images/", api.ImageList.as_view(), name="api-images"),
    path("api/v1/images/<uuid:image_id>/", api.ImageDetail.as_view(), name="api-image"),
    path("api/v1/images/<uuid:image_id>/content/", api.ImageContent.as_view(), name="api-image-content"),
]
