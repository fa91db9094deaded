"""`/`, sign-in, recovery, invitations."""

from django.urls import include, path

from apps.accounts import treating, views
from apps.accounts.still_signed_in import still_signed_in

pages = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("signed-in/", still_signed_in, name="still_signed_in"),
    path("recover/", views.recover, name="recover"),
    path("recover/new/", views.new_password, name="new_password"),
    path("recover/<str:token>/", views.follow_recovery, name="follow_recovery"),
    path("join/", views.join, name="join"),
    path("join/<str:token>/", views.follow_invitation, name="follow_invitation"),
    path("invitations/", views.invitations, name="invitations"),
    path("treating/", treating.treating, name="treating"),
    path("treating/hand-over/", treating.hand_over, name="hand_over"),
]

urlpatterns = [path("", views.home, name="home"), path("", include((pages, "accounts")))]
