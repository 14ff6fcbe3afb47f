using System.CommandLine;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Discovery.Profiling;

namespace Recon.Cli.Commands;

/// <summary><c>recon profile</c>: how a file is written, what its columns hold, and what happened to its values.</summary>
internal static class ProfileCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon profile bronze_layer/Bronze_Company.csv", "Encoding, delimiter, header, columns and damage of a file."),
        new("recon profile bronze_layer/Bronze_Person.csv --values", "The same with the most frequent values of each column, which may be personal data."),
        new("recon profile bronze_layer/Bronze_Company.csv --json", "For a script."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var file = new Argument<string>("file") { Description = "The CSV file; may be packed by gzip.", HelpName = "FILE" };
        var values = new Option<bool>("--values") { Description = "Show the most frequent values of each column, too. They may be personal data." };
        var command = new Command("profile", "Look at a CSV file: how it is written, what its columns hold, and what happened to its values. Needs neither definition nor server.") { file, values };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(invocation, parse.GetRequiredValue(file), parse.GetValue(values)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string path, bool values)
    {
        FileSample sample = await FileProfiler.ReadAsync(path, new ProfileOptions(), invocation.Context.Signals.StopReading);
        if (invocation.Json)
        {
            invocation.Text(JsonText.Of(ProfileDocument.Of(sample.Profile, values), ProfileJson.Default.ProfileDocument));
        }
        else
        {
            invocation.Text(ProfileText.Draw(sample.Profile, values, invocation.Context.OutputWidth));
        }

        return ExitCodes.Done;
    }
}
