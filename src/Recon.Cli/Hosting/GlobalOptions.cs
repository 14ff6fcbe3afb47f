using System.CommandLine;

namespace Recon.Cli.Hosting;

/// <summary>The options of every command.</summary>
internal sealed class GlobalOptions
{
    private static readonly string[] s_exporters = ["none", "console", "otlp"];

    public Option<string> Definition { get; } = new("--definition")
    {
        Description = "The definition file. Default: pipeline.json in the current folder.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string> Postgres { get; } = new("--postgres")
    {
        Description = "The PostgreSQL server: Npgsql keywords, postgres://…, jdbc:postgresql://…, env:NAME or embedded. "
            + "Default: RECON_POSTGRES, then PGHOST and the other PG* variables, then the definition.",
        HelpName = "CONN",
        Recursive = true,
    };

    public Option<bool> InsecureTls { get; } = new("--insecure-tls")
    {
        Description = "Do not verify the certificate of a remote server.",
        Recursive = true,
    };

    public Option<string[]> Metrics { get; } = new("--metrics")
    {
        Description = "Where to export metrics, separated by commas: none, console (standard error), otlp (OTEL_EXPORTER_OTLP_ENDPOINT, "
            + "with traces and logs). Default: none.",
        HelpName = "LIST",
        Recursive = true,
        CustomParser = result =>
        {
            string[] words = [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries))];
            if (words.FirstOrDefault(word => !s_exporters.Contains(word, StringComparer.Ordinal)) is { } unknown)
            {
                result.AddError($"--metrics takes none, console and otlp, not '{unknown}'.");
            }

            return words;
        },
    };

    /// <summary>Looked for before anything is told, also of a command line that is refused.</summary>
    public const string LogFormatName = "--log-format";

    public Option<string> LogFormat { get; } = CommonOptions.Choice(
        LogFormatName, "What standard error gets: text, or json for a document per line with event and event_id. Default: text.", "FORMAT", "text", "json");

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write the result as one JSON document.",
        Recursive = true,
    };

    public Option<bool> Quiet { get; } = new("--quiet")
    {
        Description = "Write nothing to standard error unless something fails or values look misread: no progress, no notes, no warnings.",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Show stack traces of failures.",
        Recursive = true,
    };

    /// <summary>Adds the options to the root command; the others inherit them.</summary>
    public void AddTo(RootCommand root)
    {
        root.Add(Definition);
        root.Add(Postgres);
        root.Add(InsecureTls);
        root.Add(Metrics);
        LogFormat.Recursive = true;
        root.Add(LogFormat);
        root.Add(Json);
        root.Add(Quiet);
        root.Add(Verbose);
    }
}
