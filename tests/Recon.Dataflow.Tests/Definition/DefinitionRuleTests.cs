using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Definition;

public sealed class DefinitionRuleTests
{
    private const string Blocks = "$.pipelines[0].blocks";
    private const string Batch = "{ \"kind\": \"batch\", \"rows\": 500 },";

    [Theory]
    [InlineData("\"embedded\"", "\"Host=db;Password=x\"", "$.postgres", "holds a password")]
    [InlineData("\"embedded\"", "\"Host=db; pwd = x\"", "$.postgres", "holds a password")]
    [InlineData("\"embedded\"", "\"postgres://u:p@db/crm\"", "$.postgres", "holds a password")]
    [InlineData("\"embedded\"", "\"postgres://u:p@w/d@db/crm\"", "$.postgres", "holds a password")]
    [InlineData("\"embedded\"", "\"jdbc:postgresql://db/crm?user=u&password=p\"", "$.postgres", "holds a password")]
    [InlineData("\"embedded\"", "\"postgres://u:p?q@db/crm\"", "$.postgres", "is not an address")]
    [InlineData("\"embedded\"", "\"env:1X\"", "$.postgres", "environment variable")]
    [InlineData("\"embedded\"", "\"embeded\"", "$.postgres", "must be \"embedded\"")]
    [InlineData("\"schema\": \"staging\"", "\"schema\": \"\"", "$.staging.schema", "must not be empty")]
    [InlineData("\"schema\": \"staging\"", "\"schema\": \"pg_x\"", "$.staging.schema", "belongs to PostgreSQL")]
    [InlineData("\"schema\": \"staging\"", "\"schema\": \"a\\\"b\"", "$.staging.schema", "plain identifier")]
    [InlineData("\"schema\": \"staging\"", "\"schema\": \"a12345678901234567890123456789012345678901234567\"", "$.staging.schema", "at most 47 bytes, not 48")]
    [InlineData("Europe/Paris", "Europe/Pari", "$.defaults.timeZone", "did you mean 'Europe/Paris'?")]
    [InlineData("\"FR\"", "\"France\"", "$.defaults.phoneRegion", "two capital letters")]
    [InlineData("\"contacts\",", "\"Con tacts\",", "$.pipelines[0].name", "a to z, 0 to 9")]
    [InlineData("\"contacts\",", "\"c\", \"object\": \"contcts\",", "$.pipelines[0].object", "did you mean 'contacts'?")]
    [InlineData("\"contacts\",", "\"c\", \"object\": \"engagements\",", "$.pipelines[0].object", "calls, emails, meetings, notes and tasks are")]
    [InlineData("\"contacts\",", "\"c\", \"object\": 7,", "$.pipelines[0].object", "must be a string or an object")]
    [InlineData("\"contacts\",", "\"c\", \"object\": {},", "$.pipelines[0].object", "give a \"type\", or \"from\"")]
    [InlineData("\"contacts\",", "\"c\", \"object\": { \"from\": \"First\" },", "$.pipelines[0].object", "\"map\" an object type for each")]
    [InlineData("\"contacts\",", "\"c\", \"object\": { \"from\": \"First\", \"map\": { \"x\": \"call\" } },", "$.pipelines[0].object.map", "did you mean 'calls'?")]
    [InlineData("\"contacts\",", "\"c\", \"object\": { \"from\": \"Frist\", \"map\": { \"x\": \"calls\" } },", "$.pipelines[0].object.from", "did you mean 'First'?")]
    [InlineData("\"5%\"", "\"101%\"", "$.pipelines[0].maxRejects", "\"100\"")]
    [InlineData("\"5%\"", "\"-1\"", "$.pipelines[0].maxRejects", "\"100\"")]
    [InlineData("in/contacts.csv", "../contacts.csv", Blocks + "[0].path", "leaves the definition's folder")]
    [InlineData("in/contacts.csv", "/etc/passwd", Blocks + "[0].path", "leaves the definition's folder")]
    [InlineData("in/contacts.csv", "C:\\\\x.csv", Blocks + "[0].path", "leaves the definition's folder")]
    [InlineData("in/contacts.csv", "s3://bucket/in/*.csv", Blocks + "[0].path", "are not looked for in object storage")]
    [InlineData("in/contacts.csv", "s3://bucket/", Blocks + "[0].path", "names a bucket or a folder, not an object")]
    [InlineData("in/contacts.csv", "http://storage.test/a.csv", Blocks + "[0].path", "in the clear")]
    [InlineData("in/contacts.csv", "gs://bucket/a.csv", Blocks + "[0].path", "not from gs://")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"map-file\", \"path\": \"s3://bucket/map.csv\" }]", Blocks + "[5].properties[0].convert[0].path", "only a csv block reads from object storage")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"phone\", \"regions\": { \"x\": \"FR\" } }]", Blocks + "[5].properties[0].convert[0].regions", "applies to \"regionFrom\"")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"phone\", \"regionFrom\": \"Id\", \"regions\": { \"x\": \"UK\" } }]", Blocks + "[5].properties[0].convert[0].regions", "'UK' is not an ISO 3166 region")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"phone\", \"regionFrom\": \"Frist\" }]", Blocks + "[5].properties[0].convert[0].regionFrom", "did you mean 'First'?")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"phone\", \"regionFrom\": \"Id\" }, { \"kind\": \"phone\", \"regionFrom\": \"First\" }]", Blocks + "[5].properties[0].convert[1].regionFrom", "earlier conversion")]
    [InlineData("[\"trim\"]", "[\"trim\"], \"mirror\": { \"convert\": [{ \"kind\": \"phone\", \"regionFrom\": \"First\" }] }", Blocks + "[5].properties[0].mirror.convert[0].regionFrom", "of a property only")]
    [InlineData("[\"trim\"]", "[\"trim\"], \"mirrorColumn\": \"a\", \"mirror\": \"b\"", Blocks + "[5].properties[0].mirrorColumn", "names a column, too")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"replace\", \"pattern\": \"(\" }]", Blocks + "[5].properties[0].convert[0].pattern", "is not a regular expression")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"split\", \"separator\": \",\", \"part\": 0 }]", Blocks + "[5].properties[0].convert[0].part", "counts from 1")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"pad\", \"length\": 5, \"character\": \"ab\" }]", Blocks + "[5].properties[0].convert[0].character", "is not one character")]
    [InlineData("[\"trim\"]", "[{ \"kind\": \"map-file\", \"path\": \"/etc/map.csv\" }]", Blocks + "[5].properties[0].convert[0].path", "leaves the definition's folder")]
    [InlineData("\"delimiter\": \",\"", "\"delimiter\": \";;\"", Blocks + "[0].delimiter", "one ASCII character")]
    [InlineData("\"delimiter\": \",\"", "\"delimiter\": \"é\"", Blocks + "[0].delimiter", "one ASCII character")]
    [InlineData("\"delimiter\": \",\"", "\"delimiter\": \"\\u0000\"", Blocks + "[0].delimiter", "one ASCII character")]
    [InlineData("\"delimiter\": \",\"", "\"delimiter\": \"unit separator\"", Blocks + "[0].delimiter", "unit-separator")]
    [InlineData("\"quote\": \"\\\"\"", "\"quote\": \"\\u001f\"", Blocks + "[0].quote", "control character")]
    [InlineData("\"quote\": \"\\\"\"", "\"quote\": \"\\\\\", \"escape\": \"backslash\"", Blocks + "[0].escape", "neither delimiter nor quote")]
    [InlineData("\"quote\": \"\\\"\"", "\"quote\": \"none\", \"recordSeparator\": \"\\t\"", Blocks + "[0].recordSeparator", "control character")]
    [InlineData("\"delimiter\": \",\"", "\"delimiter\": \"\\u001e\", \"recordSeparator\": \"record-separator\"", Blocks + "[0].recordSeparator", "must differ")]
    [InlineData("\"delimiter\": \",\"", "\"delimiter\": \"\\n\"", Blocks + "[0].delimiter", "one ASCII character")]
    [InlineData("\"quote\": \"\\\"\"", "\"quote\": \"\"", Blocks + "[0].quote", "one ASCII character")]
    [InlineData("\"quote\": \"\\\"\"", "\"quote\": \",\"", Blocks + "[0].quote", "must differ")]
    [InlineData("\"utf-8\"", "\"utf-9\"", Blocks + "[0].encoding", "did you mean 'utf-8'")]
    [InlineData("\"utf-8\"", "\"big-6\"", Blocks + "[0].encoding", "did you mean 'big5'")]
    [InlineData("\"utf-8\"", "\"ibm037\"", Blocks + "[0].encoding", "unknown encoding")]
    [InlineData("\"utf-8\"", "\"klingon\"", Blocks + "[0].encoding", "known are utf-8")]
    [InlineData("\"header\": false", "\"header\": true", Blocks + "[0].columns", "only to a file without a header")]
    [InlineData("\"columns\": [\"Id\", \"First\", \"Mail\", \"Company\", \"Deleted\"], ", "", Blocks + "[0]", "needs \"columns\"")]
    [InlineData("\"Deleted\"],", "\"Deleted\", \"MAIL\"],", Blocks + "[0].columns[5]", "named twice")]
    [InlineData("\"First\",", "\"Frist\",", Blocks + "[5].properties[0].column", "did you mean 'Frist'?")]
    [InlineData("\"encoding\": \"utf-8\"", "\"nullsByColumn\": { \"Mail\": [], \"MAIL\": [] }", Blocks + "[0].nullsByColumn", "given twice")]
    [InlineData("\"equals\": \"1\"", "\"optional\": true", Blocks + "[0].exclude[0]", "tests nothing")]
    [InlineData("\"equals\": \"1\"", "\"in\": []", Blocks + "[0].exclude[0].in", "never holds")]
    [InlineData("\"equals\": \"1\"", "\"equals\": \"\"", Blocks + "[0].exclude[0].equals", "\"isNull\": true")]
    [InlineData(Batch, "", Blocks, "there is no 'batch' block")]
    [InlineData(Batch, Batch + "{ \"kind\": \"batch\", \"name\": \"b2\" },", Blocks + "[2].kind", "one 'batch' block only")]
    [InlineData("\"rows\": 500", "\"name\": \"match\"", Blocks + "[2].name", "already named 'match'")]
    [InlineData("\"rows\": 500", "\"name\": \"Batch\"", Blocks + "[1].name", "a to z, 0 to 9")]
    [InlineData("\"key\": \"legacy_id\" }", "\"key\": \"k\", \"parallelism\": 8 }", Blocks + "[2].parallelism", "capacity (4) must be at least parallelism (8)")]
    [InlineData("\"legacyId\": \"legacy_contact_id\"", "\"legacyId\": \"l\", \"writers\": 3, \"capacity\": 2", Blocks + "[6].capacity", "must be at least writers (3)")]
    [InlineData("\"role\": \"fallback\"", "\"role\": \"fallback\", \"key\": \"k\"", Blocks + "[3].key", "does not apply to a lookup of role \"fallback\"")]
    [InlineData(", \"on\": [{ \"column\": \"Mail\", \"property\": \"email\" }]", "", Blocks + "[3]", "needs \"on\"")]
    [InlineData("\"on\": [{ \"column\": \"Mail\", \"property\": \"email\" }]", "\"on\": []", Blocks + "[3].on", "at least one pair")]
    [InlineData(", \"from\": \"Company\"", "", Blocks + "[4]", "needs \"from\"")]
    [InlineData("\"from\": \"Company\"", "\"from\": \"Company\", \"confidence\": 5", Blocks + "[4].confidence", "does not apply")]
    [InlineData(", \"key\": \"legacy_id\" }", " }", Blocks + "[2]", "needs \"key\"")]
    [InlineData("\"key\": \"legacy_id\" }", "\"key\": \"legacy_id\", \"from\": \"Mail\" }", Blocks + "[2].from", "goes by the csv block's id")]
    [InlineData("\"convert\": [\"trim\"]", "\"required\": true, \"onNull\": \"clear\"", Blocks + "[5].properties[0].onNull", "contradicts \"required\"")]
    [InlineData("\"table\": \"hubspot.contacts\", ", "", Blocks + "[2]", "needs \"table\"")]
    [InlineData("hubspot.contacts", "contacts", Blocks + "[2].table", "a schema and a table")]
    [InlineData("hubspot.contacts", "staging.contacts", Blocks + "[2].table", "is in the staging schema")]
    [InlineData("\"key\": \"legacy_id\" }", "\"key\": \"a\\u0000\" }", Blocks + "[2].key", "control characters")]
    [InlineData("\"role\": \"fallback\", \"on\": [{ \"column\": \"Mail\", \"property\": \"email\" }]", "\"role\": \"match\", \"table\": \"h.c\", \"key\": \"k\"", Blocks + "[3].role", "one lookup of role \"match\" only")]
    [InlineData("\"column\": \"First\"", "\"default\": \"x\"", Blocks + "[5].properties[0]", "no source")]
    [InlineData("\"column\": \"First\"", "\"column\": \"First\", \"constant\": \"x\"", Blocks + "[5].properties[0].constant", "one source only")]
    [InlineData("\"column\": \"First\"", "\"columns\": []", Blocks + "[5].properties[0].columns", "at least one column")]
    [InlineData("\"column\": \"First\"", "\"column\": \"First\", \"separator\": \"-\"", Blocks + "[5].properties[0].separator", "applies to \"columns\" only")]
    [InlineData("\"parent\": \"company\"", "\"parent\": \"compny\"", Blocks + "[5].properties[2].parent", "did you mean 'company'?")]
    [InlineData("\"parent\": \"company\"", "\"parent\": \"company\", \"convert\": [\"trim\"]", Blocks + "[5].properties[2].convert", "does not apply to \"parent\"")]
    [InlineData("\"parent\": \"company\"", "\"column\": \"Company\"", Blocks + "[5].properties[2].property", "never a legacy id")]
    [InlineData("\"property\": \"firstname\"", "\"property\": \"CreateDate\"", Blocks + "[5].properties[0].property", "refuses updates")]
    [InlineData("\"property\": \"firstname\"", "\"property\": \"hs_object_id\"", Blocks + "[5].properties[0].property", "refuses updates")]
    [InlineData("\"property\": \"firstname\"", "\"property\": \"email\"", Blocks + "[5].properties[1].property", "mapped twice")]
    [InlineData("\"property\": \"firstname\"", "\"property\": \"First name\"", Blocks + "[5].properties[0].property", "holds no spaces")]
    [InlineData("[\"trim\"]", "[\"number\"], \"onTruncated\": \"stage\"", Blocks + "[5].properties[0].onTruncated", "compared as texts")]
    [InlineData("[\"trim\"]", "[\"trim\"], \"compare\": \"date\", \"onTruncated\": \"reject\"", Blocks + "[5].properties[0].onTruncated", "compared as texts")]
    [InlineData("\"policy\": \"overwrite\"", "\"policy\": \"newest\"", Blocks + "[5].properties[1].policy", "needs legacyUpdated and hubspotUpdated")]
    [InlineData("\"kind\": \"diff\",", "\"kind\": \"diff\", \"onConflict\": \"latest\",", Blocks + "[5].onConflict", "needs latestBy (or legacyUpdated)")]
    [InlineData("\"kind\": \"diff\",", "\"kind\": \"diff\", \"latestBy\": \"Company\",", Blocks + "[5].latestBy", "\"latest\" only")]
    [InlineData("\"kind\": \"diff\",", "\"kind\": \"diff\", \"onConflict\": \"latest\", \"latestBy\": \"Company\", \"latestByConvert\": [\"trim\"],", Blocks + "[5].latestByConvert", "must give a date or time")]
    [InlineData("\"kind\": \"diff\",", "\"kind\": \"diff\", \"legacyUpdatedConvert\": [\"trim\"],", Blocks + "[5].legacyUpdatedConvert", "legacyUpdated, which is not given")]
    [InlineData("contacts_reconciliation", "a.b", Blocks + "[6].table", "plain identifier")]
    [InlineData("contacts_reconciliation", "reconciliation_log", Blocks + "[6].table", "a table of recon itself")]
    [InlineData("\"name\": \"legacy_email\"", "\"name\": \"Notes\"", Blocks + "[6].columns[0].name", "every staging table has")]
    [InlineData("\"name\": \"legacy_email\"", "\"name\": \"converted_email\"", Blocks + "[6].columns[1].name", "already named 'converted_email'")]
    [InlineData("\"name\": \"legacy_email\"", "\"name\": \"legacy_contact_id\"", Blocks + "[6].columns[0].name", "already named 'legacy_contact_id'")]
    [InlineData("\"legacyId\": \"legacy_contact_id\"", "\"legacyId\": \"run_id\"", Blocks + "[6].legacyId", "every staging table has")]
    [InlineData("\"legacy\": \"Mail\"", "\"type\": \"text\"", Blocks + "[6].columns[0]", "no source")]
    [InlineData("\"legacy\": \"Mail\"", "\"legacy\": \"Mail\", \"hubspot\": \"email\"", Blocks + "[6].columns[0].hubspot", "one source only")]
    [InlineData("\"converted\": \"email\"", "\"converted\": \"emial\"", Blocks + "[6].columns[1].converted", "did you mean 'email'?")]
    [InlineData("\"parentLegacyId\": \"company\"", "\"parentLegacyId\": \"deal\"", Blocks + "[6].columns[2].parentLegacyId", "no lookup of role \"parent\"")]
    [InlineData("\"parentLegacyId\": \"company\"", "\"parentHubspotId\": \"mail\"", Blocks + "[6].columns[2].parentHubspotId", "no lookup of role \"parent\"")]
    public void Validate_BrokenRule_IsTheOnlyProblemAndPointsAtTheKey(string find, string replacement, string path, string message)
    {
        DefinitionProblem problem = Assert.Single(DefinitionSamples.Parse(DefinitionSamples.With(find, replacement)).Problems);

        Assert.Equal(path, problem.JsonPath);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Line > 1);
    }

    [Theory]
    [InlineData("\"property\": \"firstname\"", "\"policy\": \"compare-only\", \"property\": \"createdate\"")]
    [InlineData("\"property\": \"firstname\"", "\"policy\": \"compare-only\", \"property\": \"hs_object_id\"")]
    [InlineData("\"parent\": \"company\"", "\"policy\": \"compare-only\", \"column\": \"Company\"")]
    public void Validate_PropertyThatIsOnlyRead_MayBeComparedWhateverItIs(string find, string replacement)
        => Assert.Empty(DefinitionSamples.Parse(DefinitionSamples.With(find, replacement)).Problems);

    [Theory]
    [InlineData("\"env:CRM_DB\"")]
    [InlineData("\"Host=db;Database=crm;Username=u;Passfile=/home/u/.pgpass\"")]
    [InlineData("\"postgres://u@db:5432/crm?application_name=a@b:c\"")]
    [InlineData("\"postgresql://[::1]/crm\"")]
    [InlineData("\"jdbc:postgresql://db/crm?user=u\"")]
    public void Validate_ConnectionWithoutPassword_IsAllowed(string connection) =>
        Assert.Empty(DefinitionSamples.Parse(DefinitionSamples.With("\"embedded\"", connection)).Problems);

    [Fact]
    public void Validate_ConnectionWithPassword_NeverShowsIt()
    {
        DefinitionReading reading = DefinitionSamples.Parse(DefinitionSamples.With("\"embedded\"", "\"postgres://u:hunter2@db/crm\""));

        Assert.DoesNotContain("hunter2", Assert.Single(reading.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_PathOutsideThatIsAllowed_IsNoProblem()
    {
        string json = DefinitionSamples.With("in/contacts.csv", "../contacts.csv")
            .Replace("\"postgres\"", "\"allowPathsOutside\": true, \"postgres\"", StringComparison.Ordinal);

        Assert.Empty(DefinitionSamples.Parse(json).Problems);
    }

    [Fact]
    public void Validate_StandardInput_IsAllowed() =>
        Assert.Empty(DefinitionSamples.Parse(DefinitionSamples.With("in/contacts.csv", "-")).Problems);

    [Fact]
    public void Validate_NoPipelines_IsAProblem() =>
        Assert.Equal(
            "pipeline.json:1:16: $.pipelines: error: there must be at least one pipeline",
            Assert.Single(DefinitionSamples.Parse("{ \"pipelines\": [] }").Problems).ToString());

    [Fact]
    public void Validate_TwoPipelinesAlike_ReportsNameAndStagingTable()
    {
        int start = DefinitionSamples.Valid.IndexOf("{\n      \"name\"", StringComparison.Ordinal);
        int end = DefinitionSamples.Valid.LastIndexOf(']');
        string pipeline = DefinitionSamples.Valid[start..end];
        string json = DefinitionSamples.Valid[..start] + pipeline + "," + pipeline + DefinitionSamples.Valid[end..];

        Assert.Equal(
            ["$.pipelines[1].name", "$.pipelines[1].blocks[6].table"],
            DefinitionSamples.Parse(json).Problems.Select(problem => problem.JsonPath));
    }

    [Fact]
    public void Validate_BlocksOutOfOrder_SaysWhichComesFirst()
    {
        string json = DefinitionSamples.With(Batch, "")
            .Replace("{ \"kind\": \"stage\"", Batch + "{ \"kind\": \"stage\"", StringComparison.Ordinal);

        DefinitionProblem problem = Assert.Single(DefinitionSamples.Parse(json).Problems);

        Assert.Equal(Blocks + "[5].kind", problem.JsonPath);
        Assert.Contains("'batch' must come before 'diff'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_FirstLookupIsNoMatch_IsAProblem()
    {
        string json = DefinitionSamples.With("\"role\": \"match\"", "\"role\": \"parent\", \"from\": \"Id\"");

        Assert.Contains(DefinitionSamples.Parse(json).Problems, problem =>
            problem.JsonPath == Blocks + "[2].role" && problem.Message.Contains("first lookup", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_MisspeltBlock_GivesNoFollowUpProblems()
    {
        string json = DefinitionSamples.With("\"role\": \"parent\"", "\"role\": \"parnt\"");

        Assert.Equal(Blocks + "[4].role", Assert.Single(DefinitionSamples.Parse(json).Problems).JsonPath);
    }

    [Fact]
    public void Validate_PropertyThatDoesNotFit_GivesNoFollowUpProblems()
    {
        string json = DefinitionSamples.With("{ \"property\": \"email\"", "{ \"property\": 5");

        Assert.Equal(Blocks + "[5].properties[1].property", Assert.Single(DefinitionSamples.Parse(json).Problems).JsonPath);
    }

    [Fact]
    public void Validate_SelfValidatingRecord_IsAskedAndLocated()
    {
        DefinitionLocations locations = DefinitionSamples.Parse(DefinitionSamples.Valid).Locations;
        ReconDefinition definition = new()
        {
            Pipelines = [new PipelineDefinition { Name = "x", Blocks = [new DiffBlockDefinition { Properties = [new PropertyDefinition { Property = "p", Column = "c", Convert = [new SelfishDefinition()] }] }] }],
        };

        Assert.Contains(
            DefinitionValidator.Validate(definition, locations, []),
            problem => problem.Message == "never good enough");
    }

    private sealed record SelfishDefinition : ConversionDefinition, ISelfValidating
    {
        public IEnumerable<(string Member, string Message)> Validate() => [("Kind", "never good enough")];

        internal override IConversion Compile(ConversionContext context) => throw new NotSupportedException();
    }
}
