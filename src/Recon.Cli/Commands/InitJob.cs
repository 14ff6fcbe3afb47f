using System.Text;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Values;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;
using Recon.Discovery.Writing;
using Recon.Postgres.Checks;
using Recon.Postgres.Connections;

namespace Recon.Cli.Commands;

/// <summary>One call of <c>recon init</c>: looks at the files, asks the mirror, asks the user, writes, and checks what was written.</summary>
internal sealed class InitJob(Invocation invocation, InitArguments arguments)
{
    private const string Variable = "RECON_POSTGRES";

    private readonly CancellationToken _stop = invocation.Context.Signals.StopReading;
    private readonly InitQuestions _questions = new(invocation, arguments.TakesLikelier);

    public async Task<int> RunAsync()
    {
        var target = InitTarget.Of(invocation, arguments.Into);
        if (arguments.Table is { } named && named.Split('.', 2) is not [{ Length: > 0 }, { Length: > 0 }])
        {
            throw new UsageException($"--table takes a schema and a table, such as hubspot.companies, not '{named}'.");
        }

        if ((arguments.Name ?? (arguments.Table is { } given ? NameOf(given) : null)) is { } known)
        {
            target.RequireFree(known);
        }

        var input = InitInput.Of(arguments.Files);
        string path = input.RelativeTo(target.Folder);
        RequireInside(target, path);
        FileSample sample = await InitSample.ReadAsync(invocation, input.Files, _questions, _stop);
        if (!ServerConnection.IsNamed(invocation) && target.Postgres == ConnectionSettings.EmbeddedKeyword)
        {
            invocation.Note("No server is named, so this is the embedded PostgreSQL with its demo mirror. --postgres or RECON_POSTGRES names yours.");
        }

        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, target.Postgres, target.Folder, new DataSourceOptions(), _stop);
        Proposer proposer = new(server.Sources.Control, target.Existing?.Definition?.Defaults ?? new DefaultsDefinition());
        PipelineProposal proposal = await new InitTable(invocation, proposer, _questions).ProposeAsync(sample, arguments.Table, _stop);
        string table = proposal.Table;
        string name = arguments.Name ?? NameOf(table);
        target.RequireFree(name);
        proposal = _questions.Ask(OpenQuestions.In(proposal));
        if (proposal.Properties.Count == 0)
        {
            throw new UsageException(
                $"Nothing was written: {proposal.Id.Evidence}, but no column of the file holds what a column of {table} does. "
                + "Is it the right file, and the right table? 'recon profile FILE' shows what is in the file.");
        }

        var draft = await PipelineDraft.MakeAsync(
            proposal,
            new WriterSettings
            {
                Name = name,
                Path = path,
                Folder = target.Folder,
                Postgres = PostgresOf(target),
                Defaults = target.Existing?.Definition?.Defaults,
                Schema = SchemaIn(target.Folder),
                TakenTables = [.. target.Existing?.Definition?.Pipelines.Select(pipeline => pipeline.Stage.Table) ?? []],
            },
            _stop);
        return await FinishAsync(target, new InitResult(draft, target.FileName, null), server);
    }

    private async Task<int> FinishAsync(InitTarget target, InitResult result, ServerConnection server)
    {
        if (target.FileName is not { } file)
        {
            invocation.Text(invocation.Json ? InitDocument.Write(result) : DefinitionWriter.NewFile(result.Draft));
            return ExitCodes.Done;
        }

        (DefinitionReading reading, ValidDefinition definition) = Write(target, file, result.Draft);
        invocation.HasActed = true;
        ValidPipeline pipeline = definition.Pipelines[^1];
        CheckReport check = new(await new PipelineChecker(new CheckOptions()).CheckAsync(reading, [pipeline], server.Sources, _stop));
        IReadOnlyList<DefinitionTestResult> tests = await new DefinitionTests(definition, reading.BaseDirectory).RunAsync([pipeline], _stop);
        if (invocation.Json)
        {
            invocation.Text(InitDocument.Write(result with { Check = check }));
            return ExitCodes.Done;
        }

        invocation.Text(InitText.Draw(result, invocation.Context.OutputWidth));
        invocation.Prose($"\n{(target.Existing is null ? $"Wrote {file}" : $"Added the pipeline {result.Draft.Settings.Name} to {file}")}: "
            + $"{Show.Count(check.Errors, "error")} and {Show.Count(check.Warnings, "warning")} of 'recon check'; {InitText.Tested(tests)}.\n");
        invocation.Text(FindingsText.Draw(check.Findings.Where(finding => finding.Severity != FindingSeverity.Ok), invocation.Context.OutputWidth));
        invocation.Line(check.Errors == 0 ? "Next: read the file, and correct what is wrong. Then" : "Next: read the file, and correct it until 'recon check' finds no error. Then");
        invocation.Prose(InitText.Next(result, OptionOf(file), IsVariableUnset(reading) ? Variable : null));
        return ExitCodes.Done;
    }

    // What is written must read as it was meant, before anything is touched.
    private static (DefinitionReading Reading, ValidDefinition Definition) Write(InitTarget target, string file, PipelineDraft draft)
    {
        byte[] content = target.Existing is null ? Encoding.UTF8.GetBytes(DefinitionWriter.NewFile(draft)) : DefinitionWriter.Add(target.Content, file, draft);
        DefinitionReading reading = DefinitionReader.Parse(content, file);
        if (reading.Definition is not { } written || written.Pipelines.Count != 1 + (target.Existing?.Definition?.Pipelines.Count ?? 0))
        {
            throw new InvalidOperationException("The definition does not read as it was meant. Nothing was written.");
        }

        var definition = new DefinitionFile(file);
        if (target.Existing is null)
        {
            definition.Create(content);
        }
        else
        {
            definition.Replace(target.Content, content);
        }

        return (reading, written);
    }

    private void RequireInside(InitTarget target, string path)
    {
        if (!(Path.IsPathRooted(path) || path.Split('/').Contains("..")))
        {
            return;
        }

        if (target.Existing is { Definition.AllowPathsOutside: false })
        {
            throw new UsageException(
                $"The input lies outside of the folder of {target.FileName}, which that definition does not allow. Move it there, or write \"allowPathsOutside\": true at the top of the definition.");
        }

        if (target is { Existing: null, FileName: { } file })
        {
            invocation.Note($"The input lies outside of the folder of {file}, so the definition says \"allowPathsOutside\": true.");
        }
    }

    private string PostgresOf(InitTarget target)
        => target.Existing?.Definition?.Postgres
            ?? (invocation.Postgres is { } said && said.TrimStart().StartsWith("env:", StringComparison.Ordinal) ? said.Trim()
                : ServerConnection.IsNamed(invocation) ? $"env:{Variable}"
                : ConnectionSettings.EmbeddedKeyword);

    private bool IsVariableUnset(DefinitionReading reading)
        => reading.Definition?.Postgres == $"env:{Variable}" && invocation.Context.Environment(Variable) is null or "";

    private static string OptionOf(string file) => file == Invocation.DefaultDefinition ? "" : $" --definition {file}";

    // Editors find keys by it: beside the definition, or where the repository has it.
    private static string? SchemaIn(string folder)
        => ((string[])["pipeline.schema.json", "docs/pipeline.schema.json"]).FirstOrDefault(path => File.Exists(Path.Combine(folder, path)));

    private static string NameOf(string table) => StageNames.Identifier(table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..]);
}
