using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Recon.Dataflow.Definition;

namespace Recon.Cli.Hosting;

/// <summary>Arguments and options that several commands have; each command adds its own.</summary>
internal static class CommonOptions
{
    public static Argument<string> Pipeline(string description = "The pipeline.")
        => new("pipeline") { Description = description, HelpName = "pipeline", CompletionSources = { PipelineNames } };

    public static Argument<string[]> Pipelines(string description = "The pipelines. Default: all.")
        => new("pipeline")
        {
            Description = description,
            HelpName = "pipeline",
            Arity = ArgumentArity.ZeroOrMore,
            CompletionSources = { PipelineNames },
        };

    public static Option<string> Input(string description = "Read this file, or this object (s3://…, https://…), instead of the pipeline's own.")
        => new("--input") { Description = description, HelpName = "FILE" };

    public static Option<bool> Mask(string description = "Hide the values of records in text output.") => new("--mask") { Description = description };

    /// <summary>The replica that lookups ask.</summary>
    public static Option<string> PostgresRead() => new("--postgres-read")
    {
        Description = "A streaming replica of the server, which lookups ask in its place; waited for until it has what the server has now. "
            + "Default: RECON_POSTGRES_READ, else none.",
        HelpName = "CONN",
    };

    /// <summary>The port of what listens on loopback; 0 for a free one.</summary>
    public static Option<int> Port()
    {
        var port = new Option<int>("--port") { Description = "The port on loopback. Default: a free one.", HelpName = "N" };
        port.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out int number) || number is < 1 or > 65535))
            {
                result.AddError($"--port takes a number from 1 to 65535, not '{text}'.");
            }
        });
        return port;
    }

    public static Option<string> Status(string description) => Choice("--status", description, "STATUS", "matched", "unmatched", "ambiguous", "conflict");

    public static Option<string> Choice(string name, string description, string helpName, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, HelpName = helpName };
        option.CompletionSources.Add(words);
        option.Validators.Add(result => Require(result, name, words));
        return option;
    }

    /// <summary>An argument that takes one of some words.</summary>
    /// <param name="subject">What messages call it.</param>
    public static Argument<string> Word(string name, string subject, string description, params string[] words)
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result => Require(result, subject, words));
        return argument;
    }

    /// <summary>An option that takes names separated by commas.</summary>
    public static Option<string[]> List(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        [
            .. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        ],
    };

    private static void Require(SymbolResult result, string subject, string[] words)
    {
        if (result.Tokens.FirstOrDefault(token => !words.Contains(token.Value, StringComparer.Ordinal)) is { } unknown)
        {
            result.AddError(ParseMessages.NotOneOf(subject, words, unknown.Value));
        }
    }

    // Asked by the shell while somebody types: a definition that cannot be read offers nothing, and says nothing.
    private static IEnumerable<CompletionItem> PipelineNames(CompletionContext context)
        => DefinitionReader.Read(context.ParseResult.GetValue<string>("--definition") ?? Invocation.DefaultDefinition).Definition?
            .Pipelines.Select(pipeline => new CompletionItem(pipeline.Name)) ?? [];
}
