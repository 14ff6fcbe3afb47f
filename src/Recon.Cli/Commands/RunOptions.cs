using System.CommandLine;
using Recon.Cli.Hosting;
using Recon.Dataflow;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Gates;

namespace Recon.Cli.Commands;

/// <summary>The options of <c>recon run</c>.</summary>
internal sealed class RunOptions
{
    private const int MostWorkers = 64;

    private readonly Argument<string[]> _pipelines = CommonOptions.Pipelines("Pipelines to run, in the definition's order. Default: all.");

    private readonly Option<string> _input = CommonOptions.Input(
        "Read this file, or this object (s3://…, https://…), instead of the pipeline's own; needs exactly one pipeline. '-' reads standard input.");

    private readonly Option<long?> _limit = new("--limit")
    {
        Description = "Read at most N records; the result is merged into the staging table.",
        HelpName = "N",
    };

    private readonly Option<string[]> _ids = CommonOptions.List(
        "--ids", "Run only these legacy ids; the result is merged into the staging table.", "A,B");

    private readonly Option<string> _idsFile = new("--ids-file")
    {
        Description = "Like --ids, with the ids in a file, one per line; blank lines are ignored. '-' reads standard input.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Read and compare without writing anything, and show the first changes.",
    };

    private readonly Option<bool> _resume = new("--resume") { Description = "Continue the unfinished run; starts a new one if there is none." };

    private readonly Option<bool> _fresh = new("--fresh") { Description = "Discard the unfinished run and start over." };

    private readonly Option<bool> _full = new("--full") { Description = "Write every row, also those that the published result has as they are." };

    private readonly Option<string> _maxRejects = new("--max-rejects")
    {
        Description = "Publish nothing if more records than this are rejected (exit code 3): a number or a percentage. Default: the pipeline's.",
        HelpName = "N|N%",
    };

    private readonly (Gate Gate, Option<string> Option)[] _gates =
    [
        .. Gate.All.Where(gate => gate.Name != "maxRejects").Select(gate => (gate, new Option<string>(gate.Option)
        {
            Description = gate.Help,
            HelpName = gate.IsCount ? "N" : "N|N%",
        })),
    ];

    private readonly Option<bool> _publishAnyway = new("--publish-anyway")
    {
        Description = "Publish even if there are more rejects than allowed, or another of these limits is exceeded.",
    };

    private readonly Option<string> _metricsFile = new("--metrics-file")
    {
        Description = "Add the metrics to this file, one JSON document per line.",
        HelpName = "FILE",
    };

    private readonly Option<string> _rejects = new("--rejects")
    {
        Description = "Write the rejected records to this CSV file, readable only by you.",
        HelpName = "FILE",
    };

    private readonly Option<string> _postgresRead = CommonOptions.PostgresRead();

    private readonly Option<int?> _workers = new("--workers")
    {
        Description = "Let N more processes on this machine do the batches, and any 'recon worker' elsewhere; 0 for those only.",
        HelpName = "N",
    };

    private readonly SharingOptions _sharing = new(
        "With --workers: where workers on other machines reach this process: an address or a name, with a port or without, or auto for the address "
        + "that leads to PostgreSQL. Default: loopback, for workers on this machine.");

    private readonly Option<bool> _mask = CommonOptions.Mask("Hide the values of records in text output and in the file of --rejects.");

    public void AddTo(Command command)
    {
        command.Add(_pipelines);
        foreach (Option option in (Option[])[
            _input, _limit, _ids, _idsFile, _dryRun, _resume, _fresh, _full, _maxRejects, .. _gates.Select(gate => gate.Option),
            _publishAnyway, _rejects, _metricsFile, _mask, _postgresRead, _workers])
        {
            command.Add(option);
        }

        _sharing.AddTo(command);
    }

    /// <exception cref="UsageException">It contradicts itself.</exception>
    public RunArguments Read(ParseResult parse)
    {
        var arguments = new RunArguments
        {
            Pipelines = parse.GetValue(_pipelines) ?? [],
            Input = parse.GetValue(_input),
            Limit = parse.GetValue(_limit),
            IdList = parse.GetValue(_ids) is { Length: > 0 } ids ? ids : null,
            IdsFile = parse.GetValue(_idsFile),
            DryRun = parse.GetValue(_dryRun),
            Resume = parse.GetValue(_resume),
            Fresh = parse.GetValue(_fresh),
            Full = parse.GetValue(_full),
            MaxRejects = parse.GetValue(_maxRejects),
            Gates = _gates.Select(gate => (gate.Gate.Name, Limit: parse.GetValue(gate.Option))).Where(gate => gate.Limit is not null)
                .ToDictionary(gate => gate.Name, gate => gate.Limit!),
            PublishAnyway = parse.GetValue(_publishAnyway),
            Rejects = parse.GetValue(_rejects),
            MetricsFile = parse.GetValue(_metricsFile),
            Mask = parse.GetValue(_mask),
            PostgresRead = parse.GetValue(_postgresRead),
            Workers = parse.GetValue(_workers),
            Sharing = _sharing.Read(parse),
        };
        string? problem =
            arguments.Resume && arguments.Fresh ? "--resume continues the run that --fresh discards. Use one of them."
            : arguments.Limit is < 1 ? "--limit takes a number of records, at least 1."
            : arguments.MaxRejects is { } limit && !Gate.IsLimit("maxRejects", limit) ? "--max-rejects takes a number such as 100 or a percentage such as 5%."
            : _gates.FirstOrDefault(gate => arguments.Gates.TryGetValue(gate.Gate.Name, out string? given) && !Gate.IsLimit(gate.Gate.Name, given)) is { Gate: { } wrong }
                ? $"{wrong.Option} takes a number such as 100{(wrong.IsCount ? "" : " or a percentage such as 5%")}."
            : arguments.DryRun && arguments.Resume ? "--dry-run writes nothing, so there is nothing to resume. Use one of them."
            : arguments.DryRun && arguments.Rejects is not null ? "--dry-run stages nothing, so there are no rejects to write. Use one of them."
            : parse.GetResult(_ids) is not null && arguments.IdList is null ? "--ids takes legacy ids, separated by commas."
            : arguments is { IdList: not null, IdsFile: not null } ? "--ids and --ids-file both say which records to run. Use one of them."
            : arguments is { Input: "-", IdsFile: "-" } ? "--input and --ids-file cannot both read standard input."
            : ProblemOfWorkers(arguments);
        return problem is null ? arguments : throw new UsageException(problem);
    }

    private static string? ProblemOfWorkers(RunArguments arguments) => arguments switch
    {
        { Workers: null, Sharing: { Listen: null, Certificate: null } } => null,
        { Workers: null } => "--listen and --cluster-certificate are for runs with --workers.",
        { Workers: < 0 or > MostWorkers } => $"--workers takes a number from 0 to {MostWorkers}.",
        { DryRun: true } => "--dry-run writes nothing, so there is nothing to share with --workers. Leave one out.",
        { Limit: not null } or { IdList: not null } or { IdsFile: not null } =>
            "--limit, --ids and --ids-file run a few records, which one process does soonest. Leave --workers out.",
        { Input: { } input } when ObjectAddress.Shown(input) != input =>
            "--input with a user or anything after ? or #, which may hold a secret, would be told to all processes of the run. Give a SAS to each by AZURE_STORAGE_SAS_TOKEN, or leave --workers out.",
        _ => null,
    };
}

/// <summary>The arguments of <c>recon run</c>.</summary>
internal sealed record RunArguments : RunSettings
{
    /// <summary>Names of pipelines; none for all.</summary>
    public required IReadOnlyList<string> Pipelines { get; init; }

    /// <summary>Legacy ids to run, as they were written.</summary>
    public IReadOnlyList<string>? IdList { get; init; }

    public string? IdsFile { get; init; }

    public bool DryRun { get; init; }

    public string? Rejects { get; init; }

    public string? MetricsFile { get; init; }

    public bool Mask { get; init; }

    /// <summary>The replica that lookups ask, as <c>--postgres</c> takes servers.</summary>
    public string? PostgresRead { get; init; }

    /// <summary>Worker processes on this machine; <see langword="null"/> for a run that does everything itself.</summary>
    public int? Workers { get; init; }

    public SharingArguments Sharing { get; init; } = new(null, null);
}
