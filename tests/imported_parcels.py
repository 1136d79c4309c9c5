"""An OpenAPI document with forms: objects and lists in them, as JSON and in parts."""

PARCELS = """
openapi: 3.0.3
info: {title: Parcels, version: "1"}
paths:
  /parcels:
    post:
      operationId: makeParcel
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [label]
              properties:
                label: {type: string, minLength: 2, maxLength: 9}
                size:
                  type: object
                  required: [width]
                  properties: {width: {type: integer, minimum: 1, maximum: 9}, unit: {type: string, enum: [cm, m]}}
                notes: {type: array, items: {type: string}, minItems: 1, maxItems: 3}
                codes: {type: array, items: {type: integer}}
                metadata: {type: object, additionalProperties: {type: string}}
                counts: {type: object, additionalProperties: {type: integer}}
                lines:
                  type: array
                  items: {type: object, required: [sku], properties: {sku: {type: string}, pieces: {type: integer}}}
                extra: {anyOf: [{type: object, additionalProperties: {type: string}}, {type: string, enum: [""]}]}
                anything: {}
            encoding:
              metadata: {style: deepObject, explode: true}
              size: {style: deepObject, explode: true}
              lines: {style: deepObject, explode: true}
      responses:
        "200": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}}}
        "400": {description: wrong}
  /parcels/{id}:
    get:
      operationId: readParcel
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: it, content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}}}
        "404": {description: none}
  /letters:
    post:
      operationId: makeLetter
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [label]
              properties:
                label: {type: string, minLength: 2, maxLength: 9}
                size:
                  type: object
                  required: [width]
                  properties: {width: {type: integer, minimum: 1, maximum: 9}, unit: {type: string, enum: [cm, m]}}
                notes: {type: array, items: {type: string}, minItems: 1, maxItems: 3}
                metadata: {type: object, additionalProperties: {type: string}}
      responses:
        "200": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Letter"}}}}
        "400": {description: wrong}
  /letters/{id}:
    get:
      operationId: readLetter
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: it, content: {application/json: {schema: {$ref: "#/components/schemas/Letter"}}}}
        "404": {description: none}
components:
  schemas:
    Parcel:
      type: object
      required: [id, label]
      properties:
        id: {type: string, readOnly: true}
        label: {type: string}
        size: {type: object, properties: {width: {type: integer}, unit: {type: string}}}
        notes: {type: array, items: {type: string}}
        codes: {type: array, items: {type: integer}}
        metadata: {type: object, additionalProperties: {type: string}}
        counts: {type: object, additionalProperties: {type: integer}}
        lines: {type: array, items: {type: object, properties: {sku: {type: string}, pieces: {type: integer}}}}
        extra: {anyOf: [{type: object, additionalProperties: {type: string}}, {type: string, enum: [""]}]}
        anything: {}
    Letter:
      type: object
      required: [id, label]
      properties:
        id: {type: string, readOnly: true}
        label: {type: string}
        size: {type: object, properties: {width: {type: integer}, unit: {type: string}}}
        notes: {type: array, items: {type: string}}
        metadata: {type: object, additionalProperties: {type: string}}
"""
