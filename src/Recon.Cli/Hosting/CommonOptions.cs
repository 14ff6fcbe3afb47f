using System.CommandLine;

namespace Recon.Cli.Hosting;

/// <summary>Arguments and options that several commands have; each command adds its own.</summary>
internal static class CommonOptions
{
    public static Argument<string> Pipeline(string description = "The pipeline.") => new("pipeline") { Description = description };

    public static Argument<string[]> Pipelines(string description = "The pipelines. Default: all.")
        => new("pipeline") { Description = description, Arity = ArgumentArity.ZeroOrMore };

    public static Option<string> Input(string description = "Read this file instead of the pipeline's own.")
        => new("--input") { Description = description, HelpName = "FILE" };

    public static Option<bool> Mask(string description = "Hide the values of records in text output.") => new("--mask") { Description = description };

    public static Option<string> Status(string description) => Choice("--status", description, "STATUS", "matched", "unmatched", "ambiguous", "conflict");

    public static Option<string> Choice(string name, string description, string helpName, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, HelpName = helpName };
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => !words.Contains(token.Value, StringComparer.Ordinal)) is { } unknown)
            {
                result.AddError(ParseMessages.NotOneOf(name, words, unknown.Value));
            }
        });
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
