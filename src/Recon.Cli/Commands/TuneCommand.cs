using System.CommandLine;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Postgres.Runs;
using Recon.Postgres.Tuning;

namespace Recon.Cli.Commands;

/// <summary><c>recon tune</c>: the fastest settings of a pipeline, measured on a slice of its input.</summary>
internal static class TuneCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon tune communications", "Measure and propose settings; stages nothing."),
        new("recon tune communications --rows 200000 --write", "On more records; writes the best settings into the definition."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline();
        var write = new Option<bool>("--write") { Description = "Write the best settings into the definition, and change nothing else in it." };
        var rows = new Option<long?>("--rows")
        {
            Description = "Number of records to measure, from the start of the input, at least 2,000. Default: 50,000, or eight batches.",
            HelpName = "N",
        };
        var repeat = new Option<int>("--repeat")
        {
            Description = "How often to measure each setting, 3 to 50.",
            HelpName = "N",
            DefaultValueFactory = _ => new TuneOptions().Repeat,
        };
        var input = CommonOptions.Input();
        var command = new Command(
            "tune", "Find the fastest batch size, parallelism, writers and lookup strategy on a part of the input, and name the bottleneck. Stages nothing.")
        {
            name, write, rows, repeat, input,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetRequiredValue(name),
            parse.GetValue(input),
            new TuneOptions
            {
                Rows = parse.GetValue(rows),
                Repeat = parse.GetValue(repeat),
                WillChangeDefinition = parse.GetValue(write),
            }));
    }

    private static async Task<int> RunAsync(Invocation invocation, string name, string? input, TuneOptions options)
    {
        if (options.Rows is < TuneOptions.LeastRecords)
        {
            throw new UsageException($"--rows takes a number of records, at least {Show.Count(TuneOptions.LeastRecords)}: fewer say nothing about speed.");
        }

        if (options.Repeat is < 3 or > 50)
        {
            throw new UsageException("--repeat takes a number from 3 to 50.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        var file = new DefinitionFile(invocation.DefinitionPath);
        byte[] content = file.Read();
        RunSignals signals = invocation.Context.Signals;
        await using ServerConnection server = await ServerConnection.OpenAsync(
            invocation, reading, signals.StopReading, PipelineTuner.Sizes(pipeline, options));
        RunRequest request = RunRequest.Of(reading) with { Input = input };
        var context = new RunContext(server.Sources, request, pipeline)
        {
            Clock = invocation.Context.Clock,
            Logger = invocation.Logger,
            ToolVersion = ToolVersion.Current.Version,
        };
        TuneReport report = await new PipelineTuner(context).TuneAsync(options, signals.StopReading);
        Conclude(invocation, reading, pipeline, report, options, file, content);
        return ExitCodes.Done;
    }

    // The measurements took their time: they are shown whether or not the file can be written.
    internal static void Conclude(
        Invocation invocation,
        DefinitionReading reading,
        ValidPipeline pipeline,
        TuneReport report,
        TuneOptions options,
        DefinitionFile file,
        byte[] content)
    {
        IReadOnlyList<DefinitionChange> changes = report.Recommended.Changes(pipeline);
        if (!invocation.Json)
        {
            invocation.Prose(TuneText.Draw(report, pipeline, options, invocation.Context.OutputWidth));
        }

        bool written = false;
        try
        {
            if (options.WillChangeDefinition && changes.Count > 0)
            {
                byte[] after = Edit(invocation, reading, pipeline, report, changes, content);
                file.Replace(content, after);
                written = true;
                invocation.HasActed = true;
            }
        }
        finally
        {
            if (invocation.Json)
            {
                invocation.Text(TuneDocument.Write(report, pipeline, changes, written));
            }
        }

        if (!invocation.Json)
        {
            invocation.Prose(TuneText.Next(changes, options.WillChangeDefinition, invocation.DefinitionPath));
        }
    }

    // What is written must read as the definition that was measured, and as nothing else.
    private static byte[] Edit(
        Invocation invocation,
        DefinitionReading reading,
        ValidPipeline pipeline,
        TuneReport report,
        IReadOnlyList<DefinitionChange> changes,
        byte[] content)
    {
        ValidDefinition definition = reading.Definition!;
        if (DefinitionReader.Parse(content, invocation.DefinitionPath).Fingerprint != reading.Fingerprint)
        {
            throw new UsageException($"{invocation.DefinitionPath} was changed while recon started; nothing was written. Tune again.");
        }

        byte[] after = DefinitionEdit.Apply(content, invocation.DefinitionPath, changes);
        ReconDefinition wanted = definition.Source with
        {
            Pipelines = [.. definition.Pipelines.Select(each => (each == pipeline ? report.Recommended.Apply(each) : each).Source)],
        };
        return DefinitionReader.Parse(after, invocation.DefinitionPath).Fingerprint == DefinitionFingerprint.Of(wanted)
            ? after
            : throw new InvalidOperationException("The edited definition does not read as it was meant. Nothing was written.");
    }
}
