using System.CommandLine;

namespace Recon.Cli.Hosting;

/// <summary>Arguments and options that several commands have; each command adds its own.</summary>
internal static class CommonOptions
{
    /// <summary>The one pipeline of a command.</summary>
    public static Argument<string> Pipeline(string description = "The pipeline.") => new("pipeline") { Description = description };

    /// <summary>Any number of pipelines.</summary>
    public static Argument<string[]> Pipelines(string description = "The pipelines. Default: all.")
        => new("pipeline") { Description = description, Arity = ArgumentArity.ZeroOrMore };

    /// <summary><c>--input FILE</c>.</summary>
    public static Option<string> Input() => new("--input") { Description = "Read this file instead of the pipeline's own.", HelpName = "FILE" };

    /// <summary><c>--mask</c>.</summary>
    public static Option<bool> Mask(string description = "Hide the values of records in text output.") => new("--mask") { Description = description };

    /// <summary><c>--status STATUS</c>.</summary>
    public static Option<string> Status(string description) => Choice("--status", description, "STATUS", "matched", "unmatched", "ambiguous", "conflict");

    /// <summary>An option that takes one of some words.</summary>
    public static Option<string> Choice(string name, string description, string helpName, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, HelpName = helpName };
        option.AcceptOnlyFromAmong(words);
        return option;
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
}
