package com.example;

class SessionThreeIT extends SharedServer {}
