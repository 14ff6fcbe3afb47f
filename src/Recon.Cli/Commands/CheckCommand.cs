using System.CommandLine;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Postgres.Checks;

namespace Recon.Cli.Commands;

/// <summary><c>recon check</c>: everything that would fail a run, with how to fix it.</summary>
internal static class CheckCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon check", "Everything that would make a run fail."),
        new("recon check companies --records 0", "Definition, header, server and mirror, without reading records."),
        new("recon check --tests --format junit", "Only the tests in the definition, for a CI server; needs no database."),
        new("recon check --portal portal.json", "What the HubSpot account would refuse, by its portal file; needs no database."),
        new("recon check --format sarif > recon.sarif", "For code scanning; --format github annotates a pull request."),
    ];

    private static readonly string[] s_formats = ["text", "json", "sarif", "junit", "github"];

    public static Command Create(CommandBinder binder)
    {
        var names = CommonOptions.Pipelines();
        var records = new Option<long>("--records")
        {
            Description = "Number of records of each input to read and convert; 0 checks only the header.",
            HelpName = "N",
            DefaultValueFactory = _ => new CheckOptions().Records,
        };
        var tests = new Option<bool>("--tests")
        {
            Description = "Run only the definition's own tests; needs neither server nor files.",
        };
        var portal = new Option<string>("--portal")
        {
            Description = "Check only what the HubSpot account would refuse, by this file of 'recon portal pull': properties, options, types, rules, and the values of the first records. Needs no server.",
            HelpName = "FILE",
        };
        var format = CommonOptions.Choice(
            "--format",
            "The format: text, json (as --json), sarif (SARIF 2.1.0), junit (XML) or github (workflow commands). Default: text.",
            "FORMAT",
            s_formats);
        var cluster = new Option<bool>("--cluster")
        {
            Description = "Check also whether the workers of a run could find each other on the server.",
        };
        var command = new Command("check", "Check definition, files, server, mirror and staging for anything that would make a run fail.")
        {
            names, records, tests, portal, format, cluster,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(tests) && result.GetValue(portal) is not null)
            {
                result.AddError("--tests and --portal are checks of their own. Use one of them.");
            }
        });
        return binder.Bind(command, s_examples, (parse, invocation) => parse.GetValue(tests)
            ? TestAsync(invocation, parse.GetValue(names) ?? [], FormatOf(invocation, parse.GetValue(format)))
            : RunAsync(invocation, parse.GetValue(names) ?? [], parse.GetValue(records), parse.GetValue(portal), parse.GetValue(cluster), FormatOf(invocation, parse.GetValue(format))));
    }

    private static string FormatOf(Invocation invocation, string? format)
    {
        if (invocation.Json && format is not (null or "json"))
        {
            throw new UsageException($"--json and --format {format} both say how to write the result. Use one of them.");
        }

        invocation.Json |= format == "json";
        return invocation.Json ? "json" : format ?? "text";
    }

    private static async Task<int> TestAsync(Invocation invocation, IReadOnlyList<string> names, string format)
    {
        if (Read(invocation, format) is not { } reading)
        {
            return ExitCodes.Refused;
        }

        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        IReadOnlyList<DefinitionTestResult> results = await new DefinitionTests(reading.Definition!, reading.BaseDirectory)
            .RunAsync(pipelines, invocation.Context.Signals.StopReading);
        if (format == "text")
        {
            invocation.Prose(TestReport.Draw(results));
        }
        else
        {
            invocation.Text(format == "json" ? TestReport.Json(results) : Draw(TestReport.Findings(results, reading), format));
        }

        return results.All(result => result.Passed) ? ExitCodes.Done : ExitCodes.Refused;
    }

    private static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> names, long records, string? portal, bool withCluster, string format)
    {
        if (records < 0)
        {
            throw new UsageException("--records takes a number of records; 0 checks only the header.");
        }

        if (Read(invocation, format) is not { } reading)
        {
            return ExitCodes.Refused;
        }

        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        CancellationToken token = invocation.Context.Signals.StopReading;
        var report = new CheckReport(portal is null
            ? await CheckAsync(invocation, reading, pipelines, records, withCluster, token)
            : await PortalFindings.FindAsync(reading, pipelines, portal, records, token));
        Print(invocation, report, format);
        return report.ExitCode;
    }

    private static async Task<IReadOnlyList<Finding>> CheckAsync(
        Invocation invocation, DefinitionReading reading, IReadOnlyList<ValidPipeline> pipelines, long records, bool withCluster, CancellationToken token)
    {
        var checker = new PipelineChecker(new CheckOptions { Records = records });
        ServerConnection? server = null;
        List<Finding> findings = [];
        try
        {
            server = await ServerConnection.OpenAsync(invocation, reading, token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The files are checked even without a server.
            findings.Add(PipelineChecker.ConnectionFailed(
                reading, exception is ServerUnreachableException { InnerException: { } cause } ? cause : exception, invocation.Server));
        }

        await using (server)
        {
            findings.AddRange(await checker.CheckAsync(reading, pipelines, server?.Sources, token));
            if (withCluster && server is not null)
            {
                await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
                findings.Add(await ClusterChecks.FindAsync(reading, connection, token));
            }
        }

        return findings;
    }

    // For tools that show findings in the definition, its problems are such findings; nothing else can be checked then.
    private static DefinitionReading? Read(Invocation invocation, string format)
    {
        try
        {
            return invocation.ReadDefinition();
        }
        catch (DefinitionException broken) when (format is not ("text" or "json"))
        {
            invocation.Text(Draw([.. broken.Problems.Select(PipelineChecker.FromProblem)], format));
            return null;
        }
    }

    private static void Print(Invocation invocation, CheckReport report, string format)
    {
        if (format != "text")
        {
            invocation.Text(format == "json" ? JsonText.Of(CheckDocument.Of(report), CheckJson.Default.CheckDocument) : Draw(report.Findings, format));
            return;
        }

        invocation.Text(FindingsText.Draw(
            report.Findings.Where(finding => invocation.Verbose || finding.Severity != FindingSeverity.Ok), invocation.Context.OutputWidth));

        int fine = report.Findings.Count - report.Errors - report.Warnings;
        invocation.Line($"{Show.Count(report.Errors, "error")}, {Show.Count(report.Warnings, "warning")}, {Show.Count(fine, "check")} passed.");
    }

    private static string Draw(IReadOnlyList<Finding> findings, string format) => format switch
    {
        "sarif" => SarifText.Draw(findings, ToolVersion.Current.Version),
        "junit" => JunitText.Draw(findings, "recon check"),
        _ => GithubText.Draw(findings),
    };
}
