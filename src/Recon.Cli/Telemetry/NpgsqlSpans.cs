using System.Diagnostics;
using Npgsql;
using OpenTelemetry;

namespace Recon.Cli.Telemetry;

/// <summary>
/// Keeps out of Npgsql's activities what nobody else is to see: messages of the server, which may quote a value, and the
/// folder of a local socket. The text of queries stays: recon passes values as parameters.
/// </summary>
internal sealed class NpgsqlSpans : BaseProcessor<Activity>
{
    public const string SourceName = "Npgsql";

    private static readonly string[] s_addresses = ["server.address", "network.peer.address"];

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == SourceName,
        ExceptionRecorder = (Activity _, Exception exception, ref TagList tags) =>
        {
            tags.Add("exception.message", exception is PostgresException refused ? refused.SqlState : "");
            tags.Add("exception.stacktrace", "");
        },
    };

    public NpgsqlSpans()
    {
        ActivitySource.AddActivityListener(_listener);
    }

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name != SourceName)
        {
            return;
        }

        foreach (string address in s_addresses)
        {
            if (data.GetTagItem(address) is string path && path.StartsWith('/'))
            {
                data.SetTag(address, "localhost");
            }
        }

        if (data.StatusDescription is { } description && data.GetTagItem("db.response.status_code") as string != description)
        {
            data.SetStatus(data.Status);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _listener.Dispose();
        base.Dispose(disposing);
    }
}
