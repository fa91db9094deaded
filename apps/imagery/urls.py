"""The picture's file for pages, what the album's and the clinician's forms send, and the API."""

from django.urls import path

from apps.imagery import (
    album_api,
    album_views,
    api,
    choosing_api,
    illustration_api,
    illustration_views,
    learned_views,
    pair_urls,
    template_urls,
    veto_views,
    views,
)

app_name = "imagery"

urlpatterns = [
    path("images/<uuid:image_id>/", views.image, name="image"),
    path("album/style/", album_views.style, name="style"),
    path("album/<uuid:image_id>/keep/", album_views.keep, name="keep"),
    path("album/<uuid:image_id>/remove/", album_views.remove, name="remove"),
    path("patients/<uuid:patient_id>/pictures/vetoes/", veto_views.leave_out, name="leave-out"),
    path("patients/<uuid:patient_id>/pictures/vetoes/<uuid:veto_id>/lift/", veto_views.let_in, name="let-in"),
    path("me/learned/forget/", learned_views.forget, name="forget"),
    path("exercises/<uuid:exercise_id>/picture/", illustration_views.wish, name="wish"),
    path("exercises/<uuid:exercise_id>/picture/upset/", illustration_views.upset, name="wish-upset"),
    path("exercises/<uuid:exercise_id>/picture/rating/", illustration_views.rate, name="wish-rate"),
    *pair_urls.urlpatterns,
    *template_urls.urlpatterns,
    path("api/v1/images/", api.ImageList.as_view(), name="api-images"),
    path("api/v1/images/<uuid:image_id>/", api.ImageDetail.as_view(), name="api-image"),
    path("api/v1/images/<uuid:image_id>/content/", api.ImageContent.as_view(), name="api-image-content"),
    path("api/v1/exercises/<uuid:exercise_id>/picture/", illustration_api.Wished.as_view(), name="api-wish"),
    path("api/v1/exercises/<uuid:exercise_id>/picture/upset/", illustration_api.Upset.as_view(), name="api-wish-upset"),
    path("api/v1/exercises/<uuid:exercise_id>/picture/rating/", illustration_api.Rated.as_view(), name="api-wish-rate"),
    path("api/v1/album/", album_api.AlbumList.as_view(), name="api-album"),
    path("api/v1/album/<uuid:image_id>/", album_api.AlbumEntry.as_view(), name="api-album-entry"),
    path("api/v1/style/", choosing_api.Style.as_view(), name="api-style"),
    path("api/v1/learned/", choosing_api.LearnedTaste.as_view(), name="api-learned"),
    path("api/v1/patients/<uuid:patient_id>/vetoes/", choosing_api.VetoList.as_view(), name="api-vetoes"),
    path("api/v1/patients/<uuid:patient_id>/vetoes/<uuid:veto_id>/", choosing_api.VetoEntry.as_view(), name="api-veto"),
]
