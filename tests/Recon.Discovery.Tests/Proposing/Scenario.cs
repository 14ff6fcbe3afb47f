using System.Globalization;
using System.Text;
using Npgsql;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Proposing;

/// <summary>A file and a mirror that were made together, so that it is known what belongs to what.</summary>
internal sealed class Scenario
{
    private readonly List<string> _header = [];
    private readonly List<string?[]> _records = [];
    private readonly List<(string Name, string Type)> _columns = [];
    private readonly List<string?[]> _rows = [];
    private readonly List<string> _parentSql = [];
    private string _separator = ",";
    private Dictionary<string, string> _truth = [];
    private Encoding _encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true);

    public required string Name { get; init; }

    public string Table { get; private set; } = "";

    public string IdColumn { get; private set; } = "";

    public string KeyColumn { get; private set; } = "";

    /// <summary>What is to be found: columns of the file with the mirror columns that hold the same.</summary>
    public List<(string Column, string Mirror)> Pairs { get; } = [];

    /// <summary>A column of the file with the legacy ids of companies; <see langword="null"/> without one.</summary>
    public string? ParentColumn { get; private set; }

    /// <summary>Writes the file as its style does, and profiles it.</summary>
    public async Task<FileSample> ProfileAsync(string folder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, Name + ".csv");
        string separator = _separator;
        bool isLatin = _encoding == Encoding.Latin1;
        await File.WriteAllLinesAsync(path, _records.Prepend([.. _header]).Select(record => string.Join(separator, record.Select(Quoted))), _encoding, cancellationToken);
        return await FileProfiler.ReadAsync(path, new ProfileOptions(), cancellationToken);

        string Quoted(string? value) => value is null ? "" : value.Contains(separator, StringComparison.Ordinal) || value.Contains('"', StringComparison.Ordinal)
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : isLatin ? value.Replace("€", "EUR", StringComparison.Ordinal).Replace('\u202F', '\u00A0') : value;
    }

    public static Scenario Make(int seed, Shape shape)
    {
        var chance = new Chance((seed * 1_000) + shape.Number);
        var scenario = new Scenario { Name = $"{shape.Object}_{shape.Name}_{seed}" };
        scenario.Fill(chance, shape);
        return scenario;
    }

    public async Task LoadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        string table = $"hubspot.\"{Table[(Table.IndexOf('.') + 1)..]}\"";
        string sql = $"create schema hubspot; create table {table} ({string.Join(", ", _columns.Select(column => $"\"{column.Name}\" {column.Type}"))});" + string.Join(';', _parentSql);
#pragma warning disable CA2100 // The test's own SQL.
        await using (var create = new NpgsqlCommand(sql, connection))
#pragma warning restore CA2100
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await using NpgsqlCopyTextWriter copy = await connection.BeginTextImportAsync($"copy {table} from stdin", cancellationToken);
        foreach (string?[] row in _rows)
        {
            await copy.WriteAsync(string.Join('\t', row.Select(value => value?.Replace("\\", "\\\\", StringComparison.Ordinal) ?? "\\N")) + "\n");
        }
    }

    private void Fill(Chance chance, Shape shape)
    {
        IReadOnlyList<Field> all = shape.Object switch { "companies" => Fields.Company, "contacts" => Fields.Contact, _ => Fields.Deal };
        List<Field> both = chance.Shuffled(all.Where(field => field.Near is null ? chance.Is(0.88) : chance.Is(0.7)));
        both = [.. both.Where(field => field.Near is null || both.Any(other => other.Property == field.Near))];
        List<Field> mirrorOnly = [.. all.Except(both).Where(field => chance.Is(0.4))];
        List<Field> fileOnly = [.. all.Except(both).Except(mirrorOnly).Where(_ => chance.Is(0.5))];
        var style = new Style(chance, shape);
        _separator = chance.Of((string[])[",", ";", ";", "\t"]);
        _encoding = chance.Is(0.3) && _separator == ";" && shape.Headers != "opaque" ? Encoding.Latin1 : _encoding;

        // The file's columns.
        List<(string Header, Field? Field, Func<int, string?>? Noise)> file = [];
        foreach (Field field in both.Concat(fileOnly))
        {
            file.Add((field.HeaderOf(style.Headers), field, null));
        }

        int records = chance.Between(shape.LeastRecords, shape.MostRecords);
        if (shape.Decoys)
        {
            file.Add(("Ancienne ville", null, _ => chance.Is(0.5) ? _truth.GetValueOrDefault("city") : Fields.Make(Fields.Company[10], chance)));
            file.Add(("Tel 2", null, _ => chance.Is(0.3) ? _truth.GetValueOrDefault("phone") : chance.Is(0.5) ? null : Fields.Make(Fields.Company[2], chance)));
            file.Add(("Catégorie", null, _ => chance.Of((string[])["Client", "Fournisseur", "Prospect", "Partenaire"])));
        }

        for (int noise = 0; noise < shape.Noise; noise++)
        {
            file.Add(NoiseColumn(noise, chance));
        }

        file = chance.Shuffled(file);
        if (shape.Headers == "opaque")
        {
            file = [.. file.Select((column, at) => ($"Z{(char)('A' + (at / 26))}{(char)('A' + (at % 26))}", column.Field, column.Noise))];
        }
        else if (shape.Headers == "misleading")
        {
            // A third of the headers change places among themselves.
            int[] places = [.. Enumerable.Range(0, file.Count).Where(at => file[at].Field is not null).Where((_, at) => at % 3 == 0)];
            string[] moved = [.. places.Select(at => file[at].Header)];
            for (int at = 0; at < places.Length; at++)
            {
                file[places[at]] = file[places[at]] with { Header = moved[(at + 1) % moved.Length] };
            }
        }

        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        file = [.. file.Select(column => column with { Header = taken.Add(column.Header) ? column.Header : column.Header + " 2" })];
        IdColumn = shape.Headers == "opaque" ? "ZZ" : chance.Of(style.Headers switch
        {
            "french" => ["Identifiant", "Code client", "N° fiche", "Réf. interne"],
            "sage" => [shape.Object switch { "companies" => "Comp_CompanyId", "contacts" => "Pers_PersonId", _ => "Oppo_OpportunityId" }],
            "short" => ["ID", "Num", "Cle", "Ref"],
            _ => (string[])["Id", "Record No", "Legacy Id", "External Key"],
        });
        IdColumn = taken.Add(IdColumn) ? IdColumn : IdColumn + " 0";
        bool hasParent = shape.Object != "companies" && shape.Headers != "opaque" && chance.Is(0.7);
        if (hasParent)
        {
            ParentColumn = style.Headers switch { "french" => "Id société", "sage" => "Comp_CompanyId", "short" => "Soc ID", _ => "Company Id" };
            ParentColumn = taken.Add(ParentColumn) ? ParentColumn : ParentColumn + " 9";
        }

        _header.Add(IdColumn);
        if (ParentColumn is not null)
        {
            _header.Add(ParentColumn);
        }

        _header.AddRange(file.Select(column => column.Header));

        // The mirror's columns.
        Table = $"hubspot.{shape.Table ?? shape.Object}";
        KeyColumn = shape.Prefix + chance.Of((string[])["icalps_company_id", "legacy_id", "sage_id", "external_id", "id_source", "erp_reference", "numero_client"]);
        List<(string Name, string Type, Func<int, string?> Value)> mirror = [];
        Dictionary<Field, string> names = [];
        foreach (Field field in chance.Shuffled(both.Concat(mirrorOnly)))
        {
            names[field] = shape.Prefix + field.Property;
        }

        HashSet<string> used = [.. names.Values];
        string domain = shape.Prefix + "domain";
        bool hasDomain = names.Keys.Any(field => field.Property == "website") && both.Any(field => field.Property == "website");
        int inFile = records;
        int extra = (int)(records * chance.Between(0, 60) / 100.0);
        double found = chance.Between(55, 97) / 100.0;

        // Records: the truth, what the file writes, what the mirror holds.
        Dictionary<Field, double> nulls = all.ToDictionary(field => field, _ => chance.Is(0.3) ? chance.Between(20, 60) / 100.0 : chance.Between(0, 12) / 100.0);
        Dictionary<Field, double> stale = all.ToDictionary(field => field, _ => chance.Between(2, shape.MostStale) / 100.0);
        Field? sparse = shape.Headers is "opaque" or "misleading" ? null : both.FirstOrDefault(field => field.Kind is FieldKind.Words or FieldKind.Phone or FieldKind.Day && field.Near is null);
        if (sparse is not null)
        {
            nulls[sparse] = 0.94;
        }

        int companies = Math.Max(20, records / 5);
        long firstHubspot = chance.Is(0.3) ? 1 : 5_000_000_000;
        int firstId = chance.Is(0.5) ? 1 : chance.Between(100, 9_000);
        for (int record = 0; record < inFile + extra; record++)
        {
            Dictionary<Field, string> truth = all.ToDictionary(field => field, field => Fields.Make(field, chance));
            foreach (Field field in all.Where(field => field.Near is not null))
            {
                Field near = all.First(other => other.Property == field.Near);
                truth[field] = chance.Is(0.85) ? truth[near] : truth[field];
            }

            _truth = truth.ToDictionary(pair => pair.Key.Property, pair => pair.Value);
            string id = style.Id(firstId + record, chance);
            string? parent = chance.Is(0.92) ? (500 + chance.Below(companies)).ToString(CultureInfo.InvariantCulture) : null;
            if (record < inFile)
            {
                string?[] values =
                [
                    style.FileId(id, chance),
                    .. ParentColumn is null ? [] : (string?[])[parent],
                    .. file.Select(column => column.Field is { } field ? chance.Is(nulls[field] / 2) ? null : style.ToFile(field, truth[field], chance) : column.Noise!(record)),
                ];
                _records.Add(values);
                if (chance.Is(shape.Repeats))
                {
                    _records.Add(values);
                }
            }

            if (record >= inFile || chance.Is(found))
            {
                List<string?> row = [(firstHubspot + (record * 7)).ToString(CultureInfo.InvariantCulture), style.MirrorId(id), parent is null ? null : (9_000_000_000 + (long.Parse(parent, CultureInfo.InvariantCulture) * 3)).ToString(CultureInfo.InvariantCulture)];
                foreach (Field field in names.Keys)
                {
                    string value = chance.Is(stale[field]) ? Fields.Make(field, chance) : truth[field];
                    row.Add(chance.Is(nulls[field] / 2) ? null : style.ToMirror(field, value));
                }

                if (hasDomain)
                {
                    string site = new Uri(truth[all.First(field => field.Property == "website")]).Host["www.".Length..];
                    row.Add(chance.Is(0.1) ? null : chance.Is(0.1) ? "ancien.example" : site);
                }

                if (shape.Decoys)
                {
                    row.AddRange([
                        chance.Is(0.4) ? _truth.GetValueOrDefault("phone") : Fields.Make(Fields.Company[2], chance), _truth.GetValueOrDefault("phone"), _truth.GetValueOrDefault("amount"),
                        chance.Of((string[])["CUSTOMER", "VENDOR", "PROSPECT", "PARTNER"]), chance.Is(0.7) ? _truth.GetValueOrDefault("name") : null,
                    ]);
                }

                for (int noise = 0; noise < shape.MirrorNoise; noise++)
                {
                    row.Add((noise % 5) switch
                    {
                        0 => chance.Below(50).ToString(CultureInfo.InvariantCulture),
                        1 => Fields.Word(chance),
                        2 => chance.Is(0.5) ? "true" : "false",
                        3 => chance.Of((string[])["low", "medium", "high"]),
                        _ => null,
                    });
                }

                row.AddRange(NoiseValues(_rows.Count, chance, style));
                _rows.Add([.. row]);
            }
        }

        _columns.Add((shape.HubspotId, shape.TextMirror ? "text" : "bigint"));
        _columns.Add((KeyColumn, style.KeyType));
        _columns.Add((shape.Prefix + "associatedcompanyid", shape.TextMirror ? "text" : "bigint"));
        _columns.AddRange(names.Select(pair => (pair.Value, style.TypeOf(pair.Key))));
        if (hasDomain)
        {
            _columns.Add((domain, "text"));
        }

        if (shape.Decoys)
        {
            _columns.AddRange([(shape.Prefix + "old_phone", "text"), (shape.Prefix + "hs_calculated_phone_number", "text"), (shape.Prefix + "amount_in_home_currency", "text"),
                (shape.Prefix + "partner_kind", "text"), (shape.Prefix + "hs_searchable_name", "text")]);
        }

        _columns.AddRange(Enumerable.Range(0, shape.MirrorNoise).Select(noise => ($"{shape.Prefix}custom_{noise:00}", "text")));
        _columns.AddRange(((string Name, string Type)[])
        [
            (shape.Prefix + "createdate", "timestamptz"), (shape.Prefix + "hs_lead_score", "int"), (shape.Prefix + "num_notes", "int"), (shape.Prefix + "free_text", "text"),
            ("archived", "boolean"), ("_synced_at", "timestamptz"), (shape.Prefix + "segment", "text"), ("serial", "int"), (shape.Prefix + "random_day", shape.TextMirror ? "text" : "date"),
        ]);
        foreach (Field field in both)
        {
            string header = file.First(column => column.Field == field).Header;
            Pairs.Add((header, names[field]));
            if (field.Property == "website" && hasDomain)
            {
                Pairs.Add((header, domain));
            }
        }

        string parentId = shape.HubspotId;
        _parentSql.Add($"create table hubspot.\"{shape.ParentTable}\" (\"{parentId}\" bigint primary key, \"{shape.Prefix}legacy_key\" text, \"{shape.Prefix}name\" text)");
        _parentSql.Add($"insert into hubspot.\"{shape.ParentTable}\" select 9000000000 + n * 3, n::text, 'Parent ' || n from generate_series(500, {500 + (companies * 9 / 10)}) n");
        if (!shape.HasAssociation)
        {
            int at = _columns.FindIndex(column => column.Name.EndsWith("associatedcompanyid", StringComparison.Ordinal));
            _columns.RemoveAt(at);
            for (int row = 0; row < _rows.Count; row++)
            {
                _rows[row] = [.. _rows[row].Where((_, column) => column != at)];
            }
        }
    }

    private static IEnumerable<string?> NoiseValues(int number, Chance chance, Style style) =>
    [
        "2020-01-01 00:00:00Z", chance.Below(100).ToString(CultureInfo.InvariantCulture), chance.Below(8).ToString(CultureInfo.InvariantCulture), $"{Fields.Word(chance)} {Fields.Word(chance)}",
        chance.Is(0.02) ? "t" : "f", "2026-11-01 04:00:00Z", chance.Of((string[])["A", "B", "C", "Client"]), (number + 1).ToString(CultureInfo.InvariantCulture),
        style.Day(new DateTime(2012, 1, 1).AddDays(chance.Below(4_000))),
    ];

    private static (string, Field?, Func<int, string?>?) NoiseColumn(int number, Chance chance) => (number % 8) switch
    {
        0 => ("No ligne", null, record => (record + 1).ToString(CultureInfo.InvariantCulture)),
        1 => ("Utilisateur", null, _ => chance.Of((string[])["ADM", "JPM", "CLD", "SYS"])),
        2 => ("Solde", null, _ => chance.Below(5_000).ToString(CultureInfo.InvariantCulture)),
        3 => ("Divers", null, _ => $"{Fields.Word(chance)} {Fields.Word(chance)}"),
        4 => ("Exporté", null, _ => "1"),
        5 => ("Guid", null, _ => new Guid(chance.Below(int.MaxValue), 1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)chance.Below(250)).ToString()),
        6 => ("Modifié le", null, _ => new DateTime(2019, 1, 1).AddDays(chance.Below(1_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        _ => ("Vide", null, _ => null),
    };
}

/// <summary>What a scenario looks like.</summary>
internal sealed record Shape(int Number, string Name, string Object, string Headers)
{
    public string Prefix { get; init; } = "";

    public string HubspotId { get; init; } = "hs_object_id";

    public bool TextMirror { get; init; }

    public string? Table { get; init; }

    public string ParentTable { get; init; } = "accounts_parent";

    public bool HasAssociation { get; init; } = true;

    public int Noise { get; init; } = 4;

    public int MostStale { get; init; } = 30;

    public double Repeats { get; init; }

    public int LeastRecords { get; init; } = 300;

    public int MostRecords { get; init; } = 1_200;

    public string IdStyle { get; init; } = "plain";

    /// <summary>Whether both sides have columns that are nearly what others are: former numbers, calculated copies, shared vocabularies.</summary>
    public bool Decoys { get; init; }

    /// <summary>Whether enumerations differ in case, and names are in capitals in the file.</summary>
    public bool Capitals { get; init; }

    /// <summary>Whether the file has amounts in thousands.</summary>
    public bool Thousands { get; init; }

    public int MirrorNoise { get; init; }
}

/// <summary>How a scenario writes values.</summary>
internal sealed class Style(Chance chance, Shape shape)
{
    private readonly string _day = chance.Of((string[])["yyyy-MM-dd", "dd/MM/yyyy", "dd.MM.yyyy", "MM/dd/yyyy"]);
    private readonly string _moment = chance.Of((string[])["yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy HH:mm", "dd/MM/yyyy HH:mm:ss"]);
    private readonly string _amount = chance.Of((string[])["plain", "comma", "spaced", "euro"]);
    private readonly (string Yes, string No) _truth = chance.Of(((string, string)[])[("Oui", "Non"), ("1", "0"), ("O", "N"), ("Vrai", "Faux"), ("Y", "N")]);
    private readonly string _phones = chance.Of((string[])["national", "dotted", "mixed"]);
    private readonly bool _isUtc = chance.Is(0.3);
    private readonly bool _epoch = chance.Is(0.4);

    public string Headers { get; } = shape.Headers switch { "opaque" or "misleading" => chance.Of((string[])["french", "english"]), var fixedOne => fixedOne };

    public string KeyType => shape.IdStyle switch { "code" or "padded-text" or "decimal-mirror" => "text", _ => shape.TextMirror ? "text" : chance.Is(0.5) ? "bigint" : "text" };

    public string Id(int number, Chance chance) => shape.IdStyle == "code" ? $"C{number:0000}X" : number.ToString(CultureInfo.InvariantCulture);

    public string FileId(string id, Chance chance) => shape.IdStyle switch
    {
        "padded" or "padded-text" => id.PadLeft(7, '0'),
        "decimal" => chance.Is(0.5) ? id + ".0" : id,
        _ => id,
    };

    public string MirrorId(string id) => shape.IdStyle switch { "decimal-mirror" => id + ".0", "padded-text" => id.PadLeft(7, '0'), _ => id };

    public string TypeOf(Field field) => shape.TextMirror ? "text" : field.Kind switch
    {
        FieldKind.Whole => "bigint",
        FieldKind.Amount => "numeric",
        FieldKind.Day => field.Property == "closedate" ? "timestamptz" : "date",
        FieldKind.Moment => "timestamptz",
        FieldKind.Truth => "boolean",
        _ => "text",
    };

    public string Day(DateTime day) => shape.TextMirror && _epoch
        ? new DateTimeOffset(day, TimeSpan.Zero).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
        : day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public string? ToFile(Field field, string value, Chance chance) => field.Kind switch
    {
        FieldKind.Day => Parse(value).ToString(_day, CultureInfo.InvariantCulture),
        FieldKind.Moment => Parse(value).ToString(_moment, CultureInfo.InvariantCulture),
        FieldKind.Words when shape.Capitals => value.ToUpperInvariant(),
        FieldKind.Amount when shape.Thousands => (decimal.Parse(value, CultureInfo.InvariantCulture) / 1000).ToString("0.#####", CultureInfo.InvariantCulture),
        FieldKind.Amount => _amount switch
        {
            "comma" => value.Replace('.', ','),
            "spaced" => Grouped(value),
            "euro" => Grouped(value) + " €",
            _ => value,
        },
        FieldKind.Truth => value == "true" ? _truth.Yes : _truth.No,
        FieldKind.Phone => Phone(value, chance),
        FieldKind.Email => chance.Is(0.2) ? value.ToUpperInvariant() : value,
        FieldKind.List => $",{value.Replace(';', ',')},",
        FieldKind.Code => shape.Number % 2 == 0 ? value : $"{value[..3]} {value[3..6]} {value[6..9]} {value[9..]}",
        FieldKind.Url => chance.Is(0.2) ? value.Replace("https://www.", "http://", StringComparison.Ordinal) : value,
        _ => value,
    };

    public string ToMirror(Field field, string value) => field.Kind switch
    {
        FieldKind.Day => Day(Parse(value)),
        FieldKind.Moment => Instant(Parse(value)),
        FieldKind.Choice => field.Choices.First(choice => choice.Legacy == value).Hubspot,
        FieldKind.SameChoice when shape.Capitals => value.ToUpperInvariant(),
        FieldKind.List => string.Join(';', value.Split(';').Order()),
        FieldKind.Amount when shape.TextMirror => decimal.Parse(value, CultureInfo.InvariantCulture).ToString("0.##", CultureInfo.InvariantCulture),
        _ => value,
    };

    private string Instant(DateTime local)
    {
        DateTime utc = _isUtc ? local : TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), s_paris);
        return shape.TextMirror && _epoch
            ? new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
            : utc.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + "Z";
    }

    private string Phone(string value, Chance chance)
    {
        string national = "0" + value[3..];
        string dotted = string.Join('.', Enumerable.Range(0, 5).Select(pair => national.Substring(pair * 2, 2)));
        return _phones switch { "national" => national, "dotted" => dotted, _ => chance.Of([national, dotted, value, "+33 " + dotted[1..].Replace('.', ' ')]) };
    }

    private static readonly TimeZoneInfo s_paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    private static DateTime Parse(string value) => DateTime.Parse(value, CultureInfo.InvariantCulture);

    private static string Grouped(string value)
    {
        StringBuilder text = new(value.Replace('.', ','));
        for (int at = value.IndexOf('.') - 3; at > 0; at -= 3)
        {
            text.Insert(at, '\u202F');
        }

        return text.ToString();
    }
}
