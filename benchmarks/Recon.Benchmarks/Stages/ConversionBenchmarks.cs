using BenchmarkDotNet.Attributes;
using Recon.Benchmarks.WholeRuns;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Text;
using Recon.Postgres.Runs;

namespace Recon.Benchmarks.Stages;

/// <summary>The conversions of the shipped definition, each over the values of its column in the shipped sample, and HTML. Per value.</summary>
public class ConversionBenchmarks
{
    private const int Values = 1_000;
    private const string Html = "html (not in the definition)";

    private readonly Utf8Scratch _scratch = new();
    private ConversionChain _chain = null!;
    private byte[][] _values = [];

    /// <summary>The property, and what its value passes.</summary>
    [ParamsSource(nameof(Chains))]
    public string Chain { get; set; } = "";

    /// <summary>One property for each kind of chain.</summary>
    public static IEnumerable<string> Chains => Properties()
        .Where(entry => entry.Property.Convert.Count > 0)
        .DistinctBy(entry => Kinds(entry.Property))
        .Select(entry => Name(entry.Pipeline, entry.Property))
        .Append(Html);

    /// <summary>Reads the values.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        DefinitionReading reading = Shipped();
        var context = new ConversionContext(reading.Definition!.Defaults, reading.BaseDirectory, AllowPathsOutside: false);
        if (Chain == Html)
        {
            _chain = ConversionChain.Compile([new HtmlDefinition()], context);
            _values = [.. Enumerable.Range(0, Values).Select(number => System.Text.Encoding.UTF8.GetBytes(
                $"<p>Call {number}<br>about the <b>offer</b> &amp; the date</p>"))];
            return;
        }

        (ValidPipeline pipeline, PropertyDefinition property) = Properties().Single(entry => Name(entry.Pipeline, entry.Property) == Chain);
        _chain = ConversionChain.Compile(property.Convert, context);
        _values = await ColumnAsync(reading, pipeline, property.Column!);
    }

    /// <summary>Converts the values.</summary>
    [Benchmark(OperationsPerInvoke = Values)]
    public int Convert()
    {
        int length = 0;
        foreach (byte[] value in _values)
        {
            _scratch.Reset();
            length += _chain.Convert(value, _scratch).Text.Length;
        }

        return length;
    }

    // As many values as are converted, over again where the sample has fewer.
    private static async Task<byte[][]> ColumnAsync(DefinitionReading reading, ValidPipeline pipeline, string column)
    {
        var request = new RunRequest
        {
            Definition = reading.Definition!,
            BaseDirectory = reading.BaseDirectory,
            Fingerprint = reading.FingerprintOf,
        };
        await using RunInput input = await RunInput.OpenAsync(request, pipeline, CancellationToken.None);
        int index = input.Columns.Source.IndexOf(column);
        List<byte[]> values = [];
        while (values.Count < Values && await input.Reader.ReadAsync(CancellationToken.None) is { } batch)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                if (!batch.Field(row, index).IsEmpty)
                {
                    values.Add(batch.Field(row, index).ToArray());
                }
            }

            batch.Dispose();
        }

        return [.. Enumerable.Range(0, Values).Select(number => values[number % values.Count])];
    }

    private static DefinitionReading Shipped() => DefinitionReader.Read(Path.Combine(Workbench.Root, "pipeline.json"));

    private static IEnumerable<(ValidPipeline Pipeline, PropertyDefinition Property)> Properties()
        => Shipped().Definition!.Pipelines.SelectMany(pipeline => pipeline.Diff.Properties.Select(property => (pipeline, property)));

    private static string Kinds(PropertyDefinition property) => string.Join(", ", property.Convert.Select(step => step.Kind));

    private static string Name(ValidPipeline pipeline, PropertyDefinition property)
        => $"{Kinds(property)} ({pipeline.Name}.{property.Property})";
}
