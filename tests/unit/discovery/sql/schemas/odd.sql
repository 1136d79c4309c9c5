-- Names and values that are legal, and that generated code must survive.
CREATE TABLE "select" (
  "id" uuid PRIMARY KEY,
  "class" integer,
  "def" varchar(20) DEFAULT 'it''s "quoted" \ and {{ x }} %s',
  "None" text,
  "import" boolean DEFAULT true,
  "model_config" varchar(10),
  "metadata" varchar(10),
  "self" integer CHECK ("self" <> "class"),
  "limit" integer CHECK ("limit" BETWEEN 0 AND 100),
  "offset" bigint CHECK ("offset" >= 0),
  "2nd" varchar(5) UNIQUE,
  "größe" numeric(6,3)
);
COMMENT ON TABLE "select" IS 'He said """hi""" \ {{ x }} {% y %} ''';
COMMENT ON COLUMN "select"."class" IS 'a """ b \ {# c';
CREATE TABLE "None" (id serial PRIMARY KEY, "True" integer NOT NULL REFERENCES "select", "lambda" integer);
CREATE TABLE "Odd Values" (
  "kind of thing" varchar(30) NOT NULL DEFAULT 'a:b' CHECK ("kind of thing" IN ('a:b', 'O''Neil', 'q"q', '100%', 'ü', '')),
  code varchar(12) NOT NULL CHECK (code ~ '^[A-Z]{2}-[0-9]{1,4}$') CHECK (length(code) >= 4),
  name varchar(10) CHECK (length(name) = 3),
  tiny numeric(3,3) NOT NULL DEFAULT 0.5,
  whole numeric(5) NOT NULL CHECK (whole > -10 AND whole < 10),
  started timestamptz DEFAULT '2024-02-29T12:00:00+02:00',
  link varchar(40),
  PRIMARY KEY ("kind of thing", code)
);
CREATE TABLE bare (id serial PRIMARY KEY);
