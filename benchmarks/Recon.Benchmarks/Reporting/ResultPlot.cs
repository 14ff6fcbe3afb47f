using System.Globalization;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.Reporting;

/// <summary>Saved results as a picture: bars of whole runs, and the cost of a record over sizes.</summary>
/// <param name="results">The newest result of each command.</param>
internal sealed class ResultPlot(NewestResults results)
{
    private const int Width = 860;
    private const int Left = 230;
    private const int BarHeight = 22;

    /// <summary>Draws it.</summary>
    /// <returns>The SVG.</returns>
    public string Draw()
    {
        List<(string Name, double Seconds, string Style)> bars = Bars();
        IReadOnlyList<JsonObject> sizes = [.. results.Sweep is { } sweep ? NewestResults.Contenders(sweep).First().Figures["sizes"]!.AsArray().Select(size => size!.AsObject()) : []];
        int lines = bars.Count == 0 ? 0 : 60 + (bars.Count * (BarHeight + 10));
        int height = Math.Max(40, lines + (sizes.Count == 0 ? 0 : 250));
        using var canvas = new SvgCanvas(Width, height, "Seconds for a million communications, and microseconds per record by size");
        if (bars.Count > 0)
        {
            DrawBars(canvas, bars);
        }

        if (sizes.Count > 0)
        {
            DrawSizes(canvas, sizes, lines);
        }

        return canvas.End();
    }

    // Per million, as the commands may have been run with different sizes.
    private List<(string Name, double Seconds, string Style)> Bars()
    {
        List<(string, double, string)> bars = [];
        if (results.Full is { } full)
        {
            bars.Add((Named("hand-tuned SQL", full), PerMillion(full, full.Figures, "sql_seconds"), "b"));
            if (full.Figures.ContainsKey("duckdb_seconds"))
            {
                bars.Add((Named("DuckDB, COPY", full), PerMillion(full, full.Figures, "duckdb_seconds"), "b"));
            }

            foreach ((string name, JsonObject tool) in NewestResults.Contenders(full))
            {
                bars.Add((Named($"recon, {name}", full), PerMillion(full, tool, "recon_seconds"), "a"));
            }
        }

        if (results.Rerun is { } rerun)
        {
            foreach ((string name, JsonObject tool) in NewestResults.Contenders(rerun))
            {
                bars.Add((Named($"again, {name}", rerun), PerMillion(rerun, tool, "rerun_seconds"), "a"));
            }
        }

        if (results.Python is { } python)
        {
            bars.Add((Named("pandas, psycopg2", python), PerMillion(python, python.Figures, "python_seconds"), "c"));
        }

        return bars;
    }

    private static string Named(string name, SavedResult result) => $"{name} ({Short(result.Rows)})";

    private static double PerMillion(SavedResult result, JsonObject figures, string name)
        => NewestResults.Number(figures, name) * 1e6 / result.Rows;

    private static void DrawBars(SvgCanvas canvas, List<(string Name, double Seconds, string Style)> bars)
    {
        canvas.Text(10, 24, "Seconds for a million communications, less is better", "title");
        double longest = bars.Max(bar => bar.Seconds);
        double y = 44;
        foreach ((string name, double seconds, string style) in bars)
        {
            double length = longest > 0 ? (Width - Left - 90) * seconds / longest : 0;
            canvas.Text(Left - 10, y + 16, name, null, Anchor.End);
            canvas.Bar(Left, y, length, BarHeight, style);
            canvas.Text(Left + length + 8, y + 16, seconds.ToString("0.0", CultureInfo.InvariantCulture));
            y += BarHeight + 10;
        }
    }

    private static void DrawSizes(SvgCanvas canvas, IReadOnlyList<JsonObject> sizes, double top)
    {
        canvas.Text(10, top + 24, "Microseconds per record, by number of communications", "title");
        (string Figure, string Name, string Style)[] lines =
        [
            ("wall_us_per_row", "wall time", "a"), ("client_cpu_us_per_row", "CPU of recon", "b"), ("server_cpu_us_per_row", "CPU of the server", "c"),
        ];
        double most = sizes.Max(size => lines.Max(line => NewestResults.Number(size, line.Figure)));
        double[] places = [.. sizes.Select(size => Math.Log10(NewestResults.Number(size, "rows")))];
        double bottom = top + 210;
        canvas.Line([(70, top + 50), (70, bottom), (Width - 190, bottom)], "axis");
        canvas.Text(62, bottom + 4, "0", "small", Anchor.End);
        canvas.Text(62, top + 54, most.ToString("0.0", CultureInfo.InvariantCulture), "small", Anchor.End);
        for (int size = 0; size < sizes.Count; size++)
        {
            canvas.Text(X(places[size]), bottom + 18, Short((long)NewestResults.Number(sizes[size], "rows")), "small", Anchor.Middle);
        }

        double labelled = double.NegativeInfinity;
        foreach ((string figure, string name, string style) in lines.OrderByDescending(line => NewestResults.Number(sizes[^1], line.Figure)))
        {
            (double X, double Y)[] points = [.. sizes.Select((size, index) => (X(places[index]), Y(NewestResults.Number(size, figure))))];
            canvas.Line(points, $"{style} line");
            foreach ((double x, double y) in points)
            {
                canvas.Dot(x, y, style);
            }

            // Lines that end close together keep their names apart.
            labelled = Math.Max(points[^1].Y + 4, labelled + 16);
            canvas.Text(Width - 180, labelled, string.Create(CultureInfo.InvariantCulture, $"{name}, {NewestResults.Number(sizes[^1], figure):0.0}"), null);
        }

        double X(double place) => places[^1] > places[0]
            ? 100 + ((Width - 320) * (place - places[0]) / (places[^1] - places[0]))
            : 100;

        double Y(double value) => bottom - (most > 0 ? 160 * value / most : 0);
    }

    private static string Short(long rows) => rows switch
    {
        >= 1_000_000 when rows % 100_000 == 0 => (rows / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + " million",
        _ => rows.ToString("N0", CultureInfo.InvariantCulture),
    };
}
