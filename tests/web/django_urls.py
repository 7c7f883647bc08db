"""The pages of a small Django project: home, and signing in and out without a password."""

from django.contrib.auth import get_user_model, login, logout
from django.http import HttpRequest, HttpResponse
from django.urls import path


def show_home(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = True
    return HttpResponse(f"Django at {request.path}")


def sign_in(request: HttpRequest) -> HttpResponse:
    user = get_user_model().objects.get(username="ada")
    login(request, user)
    return HttpResponse(user.get_username())


def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponse("out")


urlpatterns = [path("", show_home), path("login", sign_in), path("logout", sign_out)]
