using System.CommandLine;
using Microsoft.Extensions.Logging;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Cli.Hosting;

/// <summary>One call of a command: what is around it and what the global options say.</summary>
internal sealed class Invocation(CliContext context, GlobalOptions global, ParseResult parse)
{
    public const string DefaultDefinition = "pipeline.json";

    public CliContext Context { get; } = context;

    /// <summary>Whether the result, or the failure, is one JSON document.</summary>
    public bool Json { get; set; } = parse.GetValue(global.Json);

    /// <summary>Whether standard error is to stay empty while all is well.</summary>
    public bool Quiet { get; } = parse.GetValue(global.Quiet);

    public ILogger Logger { get; } = LoggerOf(context, parse.GetValue(global.Quiet));

    public bool Verbose { get; } = parse.GetValue(global.Verbose);

    public string? Postgres { get; } = parse.GetValue(global.Postgres);

    public bool InsecureTls { get; } = parse.GetValue(global.InsecureTls);

    /// <summary>Where metrics go: <c>none</c>, <c>console</c>, <c>otlp</c>.</summary>
    public IReadOnlyList<string> Metrics { get; } = parse.GetValue(global.Metrics) ?? [];

    /// <summary>The server for messages; known once a connection was decided on.</summary>
    public string Server { get; set; } = "the server";

    /// <summary>Whether the command did more than to write to standard output.</summary>
    public bool HasActed { get; set; }

    /// <summary>The definition file, as the user named it.</summary>
    public string DefinitionPath { get; } = parse.GetValue(global.Definition) ?? DefaultDefinition;

    /// <summary>Reads the definition, and tells its warnings.</summary>
    /// <exception cref="DefinitionException">It has problems.</exception>
    public DefinitionReading ReadDefinition()
    {
        DefinitionReading reading = DefinitionReader.Read(DefinitionPath);
        if (reading.Definition is null)
        {
            throw new DefinitionException(reading.Problems);
        }

        foreach (string line in reading.WarningLines)
        {
            Note(line);
        }

        reading.Objects = Context.Objects;
        return reading;
    }

    /// <summary>Picks pipelines, in the order of the definition.</summary>
    /// <exception cref="UsageException">There is no pipeline of a name.</exception>
    public static IReadOnlyList<ValidPipeline> Select(ValidDefinition definition, IReadOnlyList<string> names)
    {
        string[] known = [.. definition.Pipelines.Select(pipeline => pipeline.Name)];
        foreach (string name in names)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                string hint = Suggestion.Nearest(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";
                throw new UsageException(
                    $"There is no pipeline '{name}'.{hint} The definition has: {string.Join(", ", known)}.");
            }
        }

        return names.Count == 0
            ? definition.Pipelines
            : [.. definition.Pipelines.Where(pipeline => names.Contains(pipeline.Name, StringComparer.Ordinal))];
    }

    public void Line(string text) => Context.Line(text);

    /// <summary>Writes a text of the result that ends its own lines.</summary>
    public void Text(string text) => Context.Output.Write(text);

    /// <summary>Writes sentences of the result, each of which ends its own line: broken between words where a terminal shows them.</summary>
    public void Prose(string text) => Text(TextWrap.ToTerminal(text, Context.OutputWidth, breakWords: false));

    /// <summary>Writes a line that is worth knowing, unless <c>--quiet</c> was given.</summary>
    public void Note(string text)
    {
        if (Context.Json is { } log)
        {
            log.Noted(text);
        }
        else if (!Quiet)
        {
            Context.ErrorLine(TextWrap.ToTerminal(text, Context.ErrorWidth, breakWords: false));
        }
    }

    /// <param name="exception">The failure itself, shown with <c>--verbose</c>.</param>
    public void Failure(CliFault fault, Exception exception)
    {
        if (Context.Json is { } log)
        {
            log.Failed(fault.Message, fault.ExitCode, Verbose ? exception : null);
            return;
        }

        Context.ErrorLine(TextWrap.ToTerminal(
            exception is DefinitionException ? fault.Message : $"recon: {fault.Message}", Context.ErrorWidth, breakWords: false));
        if (Verbose)
        {
            Context.ErrorLine(exception.ToString());
        }
    }

    private static ILogger LoggerOf(CliContext context, bool quiet)
    {
        if (context.Json is not { } json)
        {
            return new LineLogger(context.ErrorLine, quiet);
        }

        json.Quiet = quiet;
        return json;
    }
}
