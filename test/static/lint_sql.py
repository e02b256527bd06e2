"""Check that install and update scripts are safe to run.

    lint_sql.py SCRIPT...        print FILE:LINE: RULE: MESSAGE for each finding
    lint_sql.py --planted FILE   check that each rule finds its planted faults
    lint_sql.py --public SCRIPT  list the objects that are not internal

Needs Debian's python3-pglast, PostgreSQL's own parser, in version 5 to 7: later
ones do not give the types of PL/pgSQL variables. Where a statement must break a
rule, a comment right before it gives the reason: "allowed: RULE: why".

PostgreSQL runs a script with search_path = pg_catalog, pg_temp, because the
control file names pg_catalog, so its statements find PostgreSQL's operators and
functions. Names in the body of a function are resolved when it is called.
"""
import re
import sys

import pglast
from pglast import ast, parse_plpgsql, parse_sql
from pglast.parser import ParseError

SCHEMA = 'pmr'
EXTENSION = 'pmr_metrics'
SKIPPED = 77     # the exit status of a check that cannot be made here

RULES = {
    'guard',          # first line: \echo Use "CREATE EXTENSION ..." \quit
    'statement',      # only kinds of statements that this file knows
    'or-replace',     # OR REPLACE would adopt an existing object
    'if-not-exists',  # so would IF NOT EXISTS
    'qualified',      # an object that is created or named has its schema
    'operator',       # so have the commutator and negator of an operator
    'definer',        # SECURITY DEFINER requires SET search_path
    'search-path',    # the only search_path is pg_catalog, pg_temp
    'body',           # a body does not depend on its caller's search_path
    'relation',       # a relation has its schema, unless it is pg_...
    'type',           # a type of the extension has its schema
    'revoke',         # EXECUTE is revoked from PUBLIC
    'library',        # C functions are pmr_... in the extension's library
    'parse',          # a body, and a query in a string of it, can be parsed
    'md5',            # md5() fails on servers in FIPS mode
    'allowed',        # an allowance has something to allow
}

# Known statements, and the attribute with the names of their objects. Where
# that is a RangeVar, the rule "relation" checks it.
STATEMENTS = dict(
    AlterDomainStmt='typeName', AlterFunctionStmt='func', AlterTableStmt='',
    AlterTypeStmt='typeName', CommentStmt='object', CompositeTypeStmt='',
    CreateDomainStmt='domainname', CreateFunctionStmt='funcname',
    CreateOpClassStmt='opclassname', CreateOpFamilyStmt='opfamilyname',
    CreatePolicyStmt='', CreateSchemaStmt='schemaname', CreateSeqStmt='',
    CreateStmt='', CreateTrigStmt='', DefineStmt='defnames', DeleteStmt='',
    DoStmt='', DropStmt='objects', GrantStmt='objects', IndexStmt='',
    InsertStmt='', RenameStmt='object', SelectStmt='', UpdateStmt='', ViewStmt='')

GUARD = [rf'\\echo Use "{command}" to load this file\. \\quit'
         for command in (f'CREATE EXTENSION {EXTENSION}',
                         f"ALTER EXTENSION {EXTENSION} UPDATE( TO '[^']*')?")]
PART = re.compile(r'/\* ---- (\S+) ---- \*/\n\n')
LEADING = re.compile(r'(?:\s|--[^\n]*\n|/\*.*?\*/)*', re.S)
QUERY = re.compile(r'\s*(SELECT|INSERT|UPDATE|DELETE|WITH|EXPLAIN|CREATE|GRANT'
                   r'|PREPARE|LOCK|TRUNCATE)\s', re.I)

# What a place of format() stands for, so that the query can be parsed.
PLACES = (
    (r'\(%(\d+\$)?s\)', '(SELECT 1)'),
    (r'(?<=[\w)])%(\d+\$)?s', ''),
    (r'%(\d+\$)?-?\d*L', "''"),
    (r'%(\d+\$)?-?\d*[Is]', 'pg_place'),
    ('%%', '%'))


def walk(node):
    if isinstance(node, tuple):
        for child in node:
            yield from walk(child)
    elif isinstance(node, ast.Node):
        yield node
        for attribute in node:
            yield from walk(getattr(node, attribute))


def nodes_of(tree, *kinds):
    return [node for node in walk(tree) if isinstance(node, kinds)]


def name_of(node):
    """The parts of a name, of any node that has one."""
    if isinstance(node, tuple):
        return [part for child in node for part in name_of(child)]
    for attribute in ('objname', 'names', 'relname', 'sval'):
        if getattr(node, attribute, None):
            return name_of(getattr(node, attribute))
    return [node]


def object_kind(statement):
    for attribute in ('objtype', 'removeType', 'renameType', 'kind'):
        if getattr(statement, attribute, None) is not None:
            return getattr(statement, attribute).name.replace('OBJECT_', '')
    return ''


def list_objects(statement):
    """The names of the objects that a statement creates or refers to."""
    objects = getattr(statement, STATEMENTS[type(statement).__name__] or '-', None)
    if not isinstance(statement, (ast.DropStmt, ast.GrantStmt)):
        objects = (objects,)
    for node in objects or ():
        if node and not isinstance(node, ast.RangeVar):
            # COMMENT and DROP give the access method of an operator class first
            is_class = object_kind(statement) in ('OPCLASS', 'OPFAMILY')
            yield name_of(node)[is_class:]


def list_expressions(node, line=0, kind=''):
    """Line, kind and text of the expressions and types in PL/pgSQL; the types of
    parameters have no line."""
    if isinstance(node, list):
        for child in node:
            yield from list_expressions(child, line, kind)
    elif isinstance(node, dict):
        line = node.get('lineno', line)
        for key, child in node.items():
            if key == 'PLpgSQL_expr':
                yield line, kind, child['query']
            elif key == 'PLpgSQL_type':
                yield line, key, child['typname'].split('%')[0].strip()
            else:
                is_statement = key.startswith('PLpgSQL_stmt')
                yield from list_expressions(child, line, key if is_statement else kind)


class Script:
    def __init__(self, file, text=None):
        if text is None:
            with open(file, encoding='utf-8') as script:
                text = script.read()
        self.guard, _, rest = text.partition('\n')
        self.file, self.text, self.findings = file, '\n' + rest, []
        self.statements = parse_sql(self.text)
        # names of types; those of aggregates and operators do no harm
        self.types = {name_of(getattr(raw.stmt, attribute))[-1] for raw in self.statements
                      for attribute in ('defnames', 'domainname', 'relation', 'typevar', 'view')
                      if getattr(raw.stmt, attribute, None)}

    def check(self):
        is_update = self.file.split('/')[-1].count('--') == 2
        if not re.fullmatch(GUARD[is_update], self.guard):
            self.find('guard', 'the first line is not the guard', 1)
        for i, raw in enumerate(self.statements):
            self.check_statement(raw, self.statements[i + 1:])
        return sorted(self.findings)

    def find(self, rule, message, line):
        assert rule in RULES
        self.findings.append((line, rule, message))

    def place_of(self, line):
        """File and line: of the part, where the script was joined from parts."""
        file, start = self.file, 0
        for part in PART.finditer(self.text):
            first = self.text.count('\n', 0, part.end())
            if first < line:
                file, start = part[1], first
        return f'{file}:{line - start}'

    def check_statement(self, raw, later):
        statement = raw.stmt
        end = raw.stmt_location + (raw.stmt_len or len(self.text))
        text = self.text[raw.stmt_location:end]
        comments = LEADING.match(text)[0]
        self.line = 1 + self.text.count('\n', 0, raw.stmt_location + len(comments))
        others, self.findings = self.findings, []
        if type(statement).__name__ in STATEMENTS:
            self.check_names(statement)
            self.check_tree(statement, self.text, 1)
            if isinstance(statement, (ast.CreateFunctionStmt, ast.DoStmt)):
                try:
                    self.check_routine(statement, text)
                except ParseError as error:
                    self.find('parse', str(error), self.line)
            self.check_revoked(statement, later)
        else:
            self.find('statement', f'unknown: {type(statement).__name__}', self.line)
        for rule in re.findall(r'allowed:\s*([\w-]+):\s*\w', comments):
            kept = [finding for finding in self.findings if finding[1] != rule]
            if len(kept) == len(self.findings):
                kept.append((self.line, 'allowed', f'nothing breaks the rule {rule}'))
            self.findings = kept
        self.findings = others + self.findings

    def check_names(self, statement):
        kind = object_kind(statement)
        for name in list_objects(statement):
            if name[0] != (EXTENSION if kind == 'EXTENSION' else SCHEMA):
                self.find('qualified', f'"{".".join(name)}" is not in {SCHEMA}', self.line)
        for call in nodes_of(statement, ast.FuncCall):
            if name_of(call.funcname)[-1] == 'pg_extension_config_dump':
                table = nodes_of(call.args, ast.A_Const)[0].val.sval
                if not table.startswith(SCHEMA + '.'):
                    self.find('qualified', f'"{table}" is not in {SCHEMA}', self.line)
        for option in nodes_of(statement, ast.DefElem):
            if option.defname in ('commutator', 'negator') and name_of(option.arg)[0] != SCHEMA:
                self.find('operator', f'{option.defname} is not in {SCHEMA}', self.line)
            if isinstance(statement, ast.AlterFunctionStmt):
                rule = {'set': 'search-path', 'security': 'definer'}.get(option.defname)
                if rule:
                    self.find(rule, 'ALTER FUNCTION: replace the function instead', self.line)

    def check_revoked(self, statement, later):
        """PUBLIC may execute a new routine until that is revoked."""
        if isinstance(statement, ast.CreateFunctionStmt):
            name = name_of(statement.funcname)
        elif object_kind(statement) == 'AGGREGATE' and isinstance(statement, ast.DefineStmt):
            name = name_of(statement.defnames)
        else:
            return
        for grant in [raw.stmt for raw in later if isinstance(raw.stmt, ast.GrantStmt)]:
            if (not grant.is_grant
                    and 'ROLESPEC_PUBLIC' in [role.roletype.name for role in grant.grantees]
                    and any(name_of(node) in (name, [SCHEMA]) for node in grant.objects)):
                return
        self.find('revoke', f'EXECUTE on {".".join(name)} is not revoked', self.line)

    def check_tree(self, tree, text, line, open_body=False, run=False):
        """Check queries that begin at a line: in the script, in the body of a
        function (open_body: one that keeps its caller's search_path), or in a
        string of that (run: an argument of EXECUTE)."""
        def find(rule, message):
            place = text.count('\n', 0, max(getattr(node, 'location', 0) or 0, 0))
            self.find(rule, message, line + place)

        with_names = {cte.ctename for cte in nodes_of(tree, ast.CommonTableExpr)}
        formats = [call.args[0] for call in nodes_of(tree, ast.FuncCall)
                   if name_of(call.funcname)[-1] == 'format']
        for node in walk(tree):
            unqualified = None
            if getattr(node, 'replace', False):
                find('or-replace', 'OR REPLACE')
            elif getattr(node, 'if_not_exists', False) or (
                    isinstance(node, ast.AlterTableCmd) and node.missing_ok
                    and node.subtype.name.startswith('AT_Add')):
                find('if-not-exists', 'IF NOT EXISTS')
            if isinstance(node, ast.RangeVar):
                is_with = not node.schemaname and node.relname in with_names
                unqualified = None if node.schemaname or is_with else node.relname
                if not (is_with or node.schemaname == SCHEMA
                        or (node.schemaname or node.relname).startswith('pg_')):
                    find('relation', f'"{node.relname}" is not in {SCHEMA}')
            elif isinstance(node, ast.TypeName) and len(node.names) == 1:
                unqualified = name_of(node)[0]
                if unqualified in self.types:
                    find('type', f'"{unqualified}" is not in {SCHEMA}')
            elif isinstance(node, ast.FuncCall):
                if len(node.funcname) == 1:
                    unqualified = name_of(node.funcname)[0]
                if name_of(node.funcname)[-1] == 'md5':
                    find('md5', 'md5() fails in FIPS mode')
            elif (isinstance(node, ast.VariableSetStmt) and node.name == 'search_path'
                    and text is not self.text):
                find('search-path', 'search_path changes within a body')
            elif (isinstance(node, (ast.A_Expr, ast.SubLink))
                    or isinstance(node, ast.JoinExpr) and (node.usingClause or node.isNatural)
                    or isinstance(node, ast.CaseExpr) and node.arg):
                unqualified = 'an operator'
            elif (isinstance(node, ast.A_Const) and text is not self.text
                    and QUERY.match(getattr(node.val, 'sval', None) or '')):
                is_query = run or any(node is first for first in formats)
                self.check_string(node.val.sval, line, is_query)
            if open_body and unqualified:
                find('body', f"{unqualified} is looked up in the caller's search_path")

    def check_string(self, text, line, is_query):
        for place, value in PLACES:
            text = re.sub(place, value, text)
        try:
            self.check_tree(parse_sql(text), text, line)
        except ParseError as error:
            if is_query:
                self.find('parse', str(error), line)

    def check_plpgsql(self, text, first_line, open_body):
        try:
            functions = parse_plpgsql(text)
        except ParseError:
            # version 5 does not know that the columns of RETURNS TABLE are variables
            functions = parse_plpgsql(re.sub(r'\bRETURN NEXT;', 'RETURN NEXT NULL;', text))
        for line, kind, query in list_expressions(functions):
            if kind == 'PLpgSQL_type':
                if line == 0 or query == 'record':
                    continue
                query = 'NULL::' + query
            elif kind == 'PLpgSQL_stmt_assign':
                query = re.sub('^[^=]*=', '', query)
            try:
                tree = parse_sql(query)
            except ParseError:
                tree = parse_sql('SELECT ' + query)
            self.check_tree(tree, query, first_line + line - 1, open_body, 'dyn' in kind)

    def check_routine(self, statement, text):
        elements = nodes_of(statement, ast.DefElem)
        options = {element.defname: element for element in elements}
        language = name_of(options['language'].arg)[0] if 'language' in options else 'plpgsql'
        body = name_of(options['as'].arg) if 'as' in options else []
        line = 1 + self.text.count('\n', 0, options['as'].location) if body else self.line
        paths = [[value.val.sval for value in element.arg.args or ()] for element in elements
                 if element.defname == 'set' and element.arg.name == 'search_path']
        if paths not in ([], [['pg_catalog', 'pg_temp']]):
            self.find('search-path', 'search_path is not pg_catalog, pg_temp', self.line)
        if 'security' in options and not paths:
            self.find('definer', 'SECURITY DEFINER without SET search_path', self.line)
        if language == 'c':
            if len(body) != 2 or not re.match('MODULE_PATHNAME pmr_', ' '.join(body)):
                self.find('library', "not 'MODULE_PATHNAME', 'pmr_...'", self.line)
        elif language == 'plpgsql':
            self.check_plpgsql(text, line, 'language' in options and not paths)
        elif language not in ('sql', 'internal'):
            self.find('body', f'unknown language: {language}', self.line)
        elif language == 'sql' and body:
            if not paths:
                self.find('body', 'neither BEGIN ATOMIC, RETURN nor SET search_path', self.line)
            self.check_tree(parse_sql(body[0]), body[0], line)

    def list_public(self):
        for raw in self.statements:
            if (isinstance(raw.stmt, ast.CommentStmt)
                    and object_kind(raw.stmt) in ('FUNCTION', 'AGGREGATE', 'TYPE', 'TABLE', 'VIEW')
                    and not (raw.stmt.comment or '').startswith('internal: ')):
                yield name_of(raw.stmt.object)[-1]


def check_planted(file):
    """Each line below "---- RULE" is a script that breaks this rule alone, the
    text below "---- accepted" one that breaks none. The first line is added."""
    missing, wrong = set(RULES), False
    with open(file, encoding='utf-8') as text:
        sections = re.split(r'^---- (\S+)\n', text.read(), flags=re.M)[1:]
    for expected, text in zip(sections[::2], sections[1::2]):
        missing.discard(expected)
        for script in [text] if expected == 'accepted' else text.splitlines():
            name = 'a--b--c.sql' if 'ALTER EXTENSION' in script else 'a--b.sql'
            if expected != 'revoke':
                script += f'; REVOKE ALL ON ALL ROUTINES IN SCHEMA {SCHEMA} FROM PUBLIC'
            if expected != 'guard' and not script.startswith('\\'):
                script = (f'\\echo Use "CREATE EXTENSION {EXTENSION}" to load this file. '
                          f'\\quit\n{script}')
            found = {rule for _, rule, _ in Script(name, script).check()}
            if found != {expected} - {'accepted'}:
                print(f'{file}: {expected}, but found {sorted(found)}: {script}')
                wrong = True
    if missing:
        print(f'{file}: no planted fault for {sorted(missing)}')
    return wrong or bool(missing)


def main(arguments):
    if arguments[0] == '--public':
        print('\n'.join(sorted(set(Script(arguments[1]).list_public()))))
        return 0
    if int(re.search(r'\d+', pglast.__version__)[0]) > 7:
        print(f'python3-pglast {pglast.__version__} is newer than 7')
        return SKIPPED
    if arguments[0] == '--planted':
        return check_planted(arguments[1])
    status = 0
    for file in arguments:
        script = Script(file)
        for line, rule, message in script.check():
            print(f'{script.place_of(line)}: {rule}: {message}')
            status = 1
    return status


sys.exit(main(sys.argv[1:]))
