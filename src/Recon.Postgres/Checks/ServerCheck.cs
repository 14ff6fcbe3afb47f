using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Checks;

/// <summary>Judges what the server says about itself.</summary>
internal sealed class ServerCheck(ValidDefinition definition, FindingLog log)
{
    /// <summary>Oldest version that recon works with.</summary>
    internal const int OldestVersion = 130_000;

    // The control connection and the heartbeat's.
    private const int ControlConnections = 2;

    /// <param name="host">The host that was connected to; <see langword="null"/> when unknown.</param>
    /// <param name="pipelines">The pipelines that will run, one after the other.</param>
    public void Check(ServerFacts facts, string server, string? host, IReadOnlyList<ValidPipeline> pipelines)
    {
        var place = new FindingPlace(definition.Source, nameof(definition.Postgres));
        log.Ok("connection", place, $"Connected to {server}: PostgreSQL {facts.Version}, database {facts.Database}, encoding {facts.Encoding}.");
        if (facts.VersionNumber < OldestVersion)
        {
            log.Error("server version", place, $"PostgreSQL {facts.Version} is too old.", "Upgrade to PostgreSQL 13 or later.");
        }

        if (facts.Encoding != "UTF8")
        {
            log.Warn(
                "server encoding",
                place,
                $"The database {facts.Database} has the encoding {facts.Encoding}, which lacks most characters: records that hold others will be rejected.",
                $"Move to a database of encoding UTF8: create database {new SqlName(facts.Database + "_utf8")} encoding 'UTF8' template template0;");
        }

        CheckWritable(facts, place);
        CheckTls(facts, host, place);
        CheckConnections(facts, pipelines);
    }

    private void CheckWritable(ServerFacts facts, FindingPlace place)
    {
        if (facts.IsStandby)
        {
            log.Error("server role", place, "The server is a standby, which does not accept writes; results cannot be staged there.", "Connect to the primary.");
        }
        else if (facts.IsReadOnly)
        {
            log.Error(
                "server role",
                place,
                $"Transactions of {facts.Role} in {facts.Database} are read-only by default, so results cannot be staged.",
                $"alter role {facts.RoleName} in database {facts.DatabaseName} set default_transaction_read_only = off;");
        }
    }

    private void CheckTls(ServerFacts facts, string? host, FindingPlace place)
    {
        if (facts.Tls is { } tls)
        {
            log.Ok("tls", place, $"The connection is encrypted ({tls}).");
        }
        else if (host is not null && TlsRule.IsThisMachine(host))
        {
            log.Ok("tls", place, "The connection is not encrypted; it does not leave this machine.");
        }
        else
        {
            log.Warn(
                "tls",
                place,
                $"The connection to {host} is not encrypted: passwords and data can be read on the way.",
                "Leave --insecure-tls and the SSL mode out, or set sslmode=verify-full (sslrootcert names a private authority's certificate).");
        }
    }

    // Pipelines run one after the other, so the greediest one decides.
    private void CheckConnections(ServerFacts facts, IReadOnlyList<ValidPipeline> pipelines)
    {
        if (pipelines.MaxBy(Wanted) is not { } greediest)
        {
            return;
        }

        // The check's own connection is closed by then.
        int free = facts.FreeConnections + 1;
        int wanted = Wanted(greediest);
        var place = new FindingPlace(greediest.Source);
        if (wanted > free)
        {
            log.Warn(
                "connections",
                place,
                $"Pipeline '{greediest.Name}' wants {wanted} connections (lookups {Lookups(greediest)}, writers {greediest.Stage.Writers}, control {ControlConnections}), but {facts.Role} can open {Math.Max(free, 0)} now.",
                "Lower \"parallelism\" and \"writers\", or raise max_connections or the limit of the role or database.");
        }
        else
        {
            log.Ok("connections", place, $"At most {Show(wanted, "connection")} wanted, {Show(free)} free.");
        }
    }

    private static int Wanted(ValidPipeline pipeline)
        => Lookups(pipeline) + pipeline.Stage.Writers + ControlConnections;

    private static int Lookups(ValidPipeline pipeline) => pipeline.Lookups.Sum(lookup => lookup.Parallelism);
}
