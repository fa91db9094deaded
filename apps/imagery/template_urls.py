"""Where templates are read and reviewed: pages and API; part of the app's routes."""

from django.urls import path

from apps.imagery import template_api, template_views

urlpatterns = [
    path("templates/", template_views.templates, name="templates"),
    path("templates/drafts/", template_views.decide, name="templates-drafts"),
    path("templates/<str:template_id>/", template_views.template, name="template"),
    path("templates/<str:template_id>/picture/", template_views.picture, name="template-picture"),
    path("templates/<str:template_id>/review/", template_views.review, name="template-review"),
    path("api/v1/templates/", template_api.TemplateList.as_view(), name="api-templates"),
    path("api/v1/templates/drafts/", template_api.TemplateDrafts.as_view(), name="api-templates-drafts"),
    path(
        "api/v1/templates/drafts/decisions/",
        template_api.TemplateDraftsDecision.as_view(),
        name="api-templates-drafts-decide",
    ),
    path("api/v1/templates/<str:template_id>/", template_api.TemplateDetail.as_view(), name="api-template"),
    path(
        "api/v1/templates/<str:template_id>/review/",
        template_api.TemplateReview.as_view(),
        name="api-template-review",
    ),
]
