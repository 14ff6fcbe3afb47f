using Npgsql;
using Recon.Postgres.Queries;
using Recon.Samples;

namespace Recon.Cli.Hosting;

/// <summary>The demo HubSpot mirror of the embedded server.</summary>
internal static class DemoMirror
{
    /// <summary>Loads the mirror unless schema <c>hubspot</c> exists.</summary>
    public static Task EnsureAsync(NpgsqlDataSource source, Action<string> say, CancellationToken cancellationToken)
    {
        var generator = new Lazy<SampleGenerator>(() => new SampleGenerator(SampleOptions.Demo));
        var content = new SchemaContent(
            MirrorSchema.Name,
            MirrorSchema.CreateSql,
            [
                .. MirrorSchema.Tables.Select(table => (
                    table.CopySql,
                    (Func<Stream, CancellationToken, Task>)((rows, token) => generator.Value.WriteMirrorAsync(table, rows, token)))),
            ],
            MirrorSchema.IndexSql);
        return SchemaLoad.EnsureAsync(
            source, content, () => say("First use: loading the demo HubSpot mirror into the embedded PostgreSQL."), cancellationToken);
    }
}
