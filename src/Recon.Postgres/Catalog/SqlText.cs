using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Recon.Postgres.Catalog;

/// <summary>
/// SQL text, put together from constants, quoted names, quoted literals, integers and other SQL text: the compiler
/// refuses to interpolate a string into it. Values are parameters. The one way around it is <see cref="Trusted"/>, whose
/// calls each say where their text comes from.
/// </summary>
internal readonly record struct SqlText
{
    private SqlText(string text) => Text = text;

    public string Text { get; }

    public static SqlText Of(ref SqlTextHandler text) => new(text.ToStringAndClear());

    public static SqlText Join([ConstantExpected] string separator, IEnumerable<SqlText> parts)
        => new(string.Join(separator, parts.Select(part => part.Text)));

    public static SqlText Names(IEnumerable<string> names)
        => new(string.Join(", ", names.Select(name => new SqlName(name).ToString())));

    /// <summary>A list of quoted texts.</summary>
    public static SqlText Literals(IEnumerable<string> texts)
        => new(string.Join(", ", texts.Select(text => new SqlLiteral(text).ToString())));

    /// <summary>Lines of comment, each ended by a line feed.</summary>
    public static SqlText Comments(IEnumerable<string> lines)
        => new(string.Concat(lines.Select(line =>
            "-- " + string.Concat(line.Select(character => char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character)) + "\n")));

    /// <summary>Text that is a constant in another form, or that the server has printed as SQL.</summary>
    internal static SqlText Trusted(string text) => new(text);

#pragma warning disable CA2100 // The one place where text becomes a command: this type holds what its summary says.
    public NpgsqlCommand On(NpgsqlConnection connection, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(Text, connection);
        Add(command.Parameters, parameters);
        return command;
    }

    /// <summary>Makes a command that opens a connection and gives it back.</summary>
    public NpgsqlCommand On(NpgsqlDataSource source, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        NpgsqlCommand command = source.CreateCommand(Text);
        Add(command.Parameters, parameters);
        return command;
    }

    internal NpgsqlBatchCommand InBatch(params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(Text);
        Add(command.Parameters, parameters);
        return command;
    }
#pragma warning restore CA2100

    public Task<int> ExecuteAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken, params ReadOnlySpan<NpgsqlParameter> parameters)
        => ExecuteAndDisposeAsync(On(connection, parameters), cancellationToken);

    /// <summary>Runs the text and takes the first value of the first row.</summary>
    /// <returns>The value; <see langword="null"/> for no row and for null.</returns>
    public Task<object?> ScalarAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken, params ReadOnlySpan<NpgsqlParameter> parameters)
        => ScalarAndDisposeAsync(On(connection, parameters), cancellationToken);

    public Task<List<T>> ListAsync<T>(
        NpgsqlConnection connection,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params ReadOnlySpan<NpgsqlParameter> parameters)
        => ListAndDisposeAsync(On(connection, parameters), read, cancellationToken);

    public override string ToString() => Text;

    private static void Add(NpgsqlParameterCollection to, ReadOnlySpan<NpgsqlParameter> parameters)
    {
        foreach (NpgsqlParameter parameter in parameters)
        {
            to.Add(parameter);
        }
    }

    private static async Task<List<T>> ListAndDisposeAsync<T>(
        NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using (command)
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            List<T> rows = [];
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }

    private static async Task<int> ExecuteAndDisposeAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<object?> ScalarAndDisposeAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            object? value = await command.ExecuteScalarAsync(cancellationToken);
            return value is DBNull ? null : value;
        }
    }
}

/// <summary>Builds <see cref="SqlText"/> from an interpolated string; it has no overload for strings.</summary>
[InterpolatedStringHandler]
internal ref struct SqlTextHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (formattedCount * 24));

    public readonly void AppendLiteral(string text) => _text.Append(text);

    public readonly void AppendFormatted(SqlName name) => _text.Append(name.ToString());

    public readonly void AppendFormatted(SqlTable table) => _text.Append(table.ToString());

    public readonly void AppendFormatted(SqlLiteral literal) => _text.Append(literal.ToString());

    public readonly void AppendFormatted(SqlText text) => _text.Append(text.Text);

    public readonly void AppendFormatted(int number) => _text.Append(number);

    internal readonly string ToStringAndClear() => _text.ToString();
}

/// <summary>Parameters with their types: Npgsql guesses nothing.</summary>
internal static class SqlValue
{
    public static NpgsqlParameter Of(string? value)
        => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Of(string[] values)
        => new NpgsqlParameter<string[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    public static NpgsqlParameter Of(long value)
        => new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    /// <summary>A <c>double precision</c>, in seconds.</summary>
    public static NpgsqlParameter Of(TimeSpan time)
        => new NpgsqlParameter<double> { TypedValue = time.TotalSeconds, NpgsqlDbType = NpgsqlDbType.Double };

    public static NpgsqlParameter Of(Guid value)
        => new NpgsqlParameter<Guid> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Uuid };

    public static NpgsqlParameter Of(bool value)
        => new NpgsqlParameter<bool> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    public static NpgsqlParameter Of(bool? value)
        => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean };

    public static NpgsqlParameter Of(long? value)
        => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter Of(DateTime? value)
        => new() { Value = value is { } there ? there : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Of(Guid? value)
        => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    public static NpgsqlParameter Bytes(ReadOnlyMemory<byte> value)
        => new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlParameter Ids(Guid[] values)
        => new NpgsqlParameter<Guid[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    public static NpgsqlParameter Numbers(long[] values)
        => new NpgsqlParameter<long[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    /// <summary>Texts, of which some may be null.</summary>
    public static NpgsqlParameter Texts(string?[] values)
        => new NpgsqlParameter<string?[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    public static NpgsqlParameter Json(string? json)
        => new() { Value = (object?)json ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
