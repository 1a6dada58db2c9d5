/* What plotly itself says in Spanish: buttons, hints, days and months. English is its own language. */
(function () {
  "use strict";
  if (!window.Plotly) return;
  window.Plotly.register({
    moduleType: "locale",
    name: "es",
    dictionary: {
      "Autoscale": "Ajustar a los datos",
      "Box Select": "Seleccionar un recuadro",
      "Compare data on hover": "Comparar datos al pasar",
      "Double-click on legend to isolate one trace": "Doble clic en la leyenda para ver una sola serie",
      "Double-click to zoom back out": "Doble clic para volver a la vista completa",
      "Download plot as a PNG": "Descargar como PNG",
      "Download plot as a png": "Descargar como PNG",
      "Download plot": "Descargar el gráfico",
      "Lasso Select": "Seleccionar con lazo",
      "Pan": "Desplazar",
      "Produced with Plotly.js": "Hecho con Plotly.js",
      "Reset": "Restablecer",
      "Reset axes": "Restablecer ejes",
      "Show closest data on hover": "Mostrar el dato más cercano",
      "Snapshot succeeded": "Imagen lista",
      "Sorry, there was a problem downloading your snapshot!": "No se pudo descargar la imagen.",
      "Taking snapshot - this may take a few seconds": "Preparando la imagen; puede tardar unos segundos",
      "Toggle Spike Lines": "Mostrar u ocultar guías",
      "Toggle show closest data on hover": "Mostrar o no el dato más cercano",
      "Zoom": "Ampliar",
      "Zoom in": "Acercar",
      "Zoom out": "Alejar",
      "trace": "serie"
    },
    format: {
      days: ["domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"],
      shortDays: ["dom", "lun", "mar", "mié", "jue", "vie", "sáb"],
      months: ["enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
      shortMonths: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
      date: "%d/%m/%Y",
      decimal: ",",
      thousands: "\u202f"
    }
  });
})();
