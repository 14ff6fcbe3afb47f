using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Recon.Cli.Hosting;

/// <summary>Writes log events as JSON, one document a line: for whoever collects standard error.</summary>
internal sealed class JsonLogger(Action<string> line, TimeProvider clock) : ILogger
{
    /// <summary>Leaves out what is only worth knowing.</summary>
    public bool Quiet { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= (Quiet ? LogLevel.Warning : LogLevel.Information);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            line(Write(logLevel, eventId, formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception));
        }
    }

    private string Write(
        LogLevel level, EventId id, string message, IReadOnlyList<KeyValuePair<string, object?>> attributes, Exception? exception)
    {
        using var document = new MemoryStream();
        // What is not ASCII is escaped, so that no terminal takes it for an order.
        using (var json = new Utf8JsonWriter(document))
        {
            json.WriteStartObject();
            json.WriteString("time", clock.GetUtcNow().UtcDateTime);
            json.WriteString("level", JsonNamingPolicy.SnakeCaseLower.ConvertName(level.ToString()));
            json.WriteNumber("event_id", id.Id);
            json.WriteString("event", id.Name);
            json.WriteString("message", message);
            json.WriteStartObject("attributes");
            // The text is the message, and a name in braces is the template's.
            foreach ((string name, object? value) in attributes.Where(attribute => attribute.Key is not ("Text" or "{OriginalFormat}")))
            {
                Write(json, JsonNamingPolicy.SnakeCaseLower.ConvertName(name), value);
            }

            json.WriteEndObject();
            if (exception is not null)
            {
                json.WriteString("exception", exception.ToString());
            }

            if (Activity.Current is { } activity)
            {
                json.WriteString("trace_id", activity.TraceId.ToHexString());
                json.WriteString("span_id", activity.SpanId.ToHexString());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(document.GetBuffer(), 0, (int)document.Length);
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number:
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
