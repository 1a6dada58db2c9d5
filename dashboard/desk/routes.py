"""The addresses of the desk. A file sent, a delivery, a template; the form of a shift; rules, standards; questions."""

from __future__ import annotations

from starlette.routing import Route

from dashboard.desk import (
    alerts,
    delivery,
    phone,
    plan,
    question_acts,
    questions,
    requests,
    rules,
    sending,
    silences,
    standards,
    templates,
)

ROUTES = [
    Route("/reports/send", sending.send, methods=["POST"]),
    Route("/reports/preview", sending.show),
    Route("/reports/accept", sending.accept, methods=["POST"]),
    Route("/reports/discard", sending.discard, methods=["POST"]),
    Route("/reports/template/{dataset}.{ending}", templates.template),
    Route("/reports/form", phone.form),
    Route("/reports/form/now", phone.now),
    Route("/reports/form/sw.js", phone.worker),
    *silences.ROUTES,
    *rules.ROUTES,
    *plan.ROUTES,
    *question_acts.ROUTES,
    *questions.ROUTES,
    *requests.ROUTES,
    *standards.ROUTES,
    *alerts.ROUTES,
    Route("/reports/{report:int}", delivery.show),
    Route("/reports/{report:int}/undo", delivery.take_back, methods=["POST"]),
    Route("/reports/{report:int}/rejected.{ending}", delivery.rejected),
    Route("/reports/{report:int}/original", delivery.original),
]
